"""A real portal and a real browser. Each is skipped with its reason where it cannot be had.

`SATUDATA_URL` names a portal that already runs; without it one is started for the session in a folder of its own.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS_TO_START = 300


@pytest.fixture(scope="session")
def portal() -> Iterator[str]:
    """The address of a demonstration portal."""
    if url := os.environ.get("SATUDATA_URL"):
        yield url.rstrip("/")
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="satudata-browser-"))
    log = folder / "run.log"
    environment = {**os.environ, "SATUDATA_HOME": str(folder / "var")}
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("satudata")), "run", "--demo", "--port", str(port)],
            env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait(f"http://localhost:{port}/about", process, log)
            os.environ["SATUDATA_ACCOUNTS"] = str(folder / "var" / "accounts")
            yield f"http://localhost:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
            shutil.rmtree(folder)


def _wait(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the portal did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def driver():
    """Chromium without a window, that asks nothing of other hosts."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    chromedriver = shutil.which("chromedriver")
    if not browser or not chromedriver:
        pytest.skip("no browser: install the packages chromium and chromium-driver")
    options = Options()
    options.binary_location = browser
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                     "--disable-sync", "--disable-dev-shm-usage", "--window-size=1280,1400"):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chromium = webdriver.Chrome(options=options, service=Service(chromedriver))
    yield chromium
    chromium.quit()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, from the file that `AXE_CORE` names."""
    path = os.environ.get("AXE_CORE")
    if not path:
        pytest.skip("AXE_CORE names no axe.min.js (npm install axe-core)")
    return Path(path).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def accounts(portal) -> dict[str, tuple[str, str]]:
    """Name and password of the portal's first accounts by role; `SATUDATA_ACCOUNTS` names the file beside `SATUDATA_URL`."""
    path = os.environ.get("SATUDATA_ACCOUNTS")
    if not path:
        pytest.skip("SATUDATA_ACCOUNTS names no file of accounts")
    lines = [line.split(" ", 2) for line in Path(path).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {role: (name, password) for name, password, role in lines}
