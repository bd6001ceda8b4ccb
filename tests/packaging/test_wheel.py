"""The wheel holds everything a checkout holds: what works when editable must not vanish from the release."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = {  # folder of the repository: where it lies once installed
    "ckanext-ntbsatudata/ckanext": "ckanext",
    "ckanext-ntbcare/ckanext": "ckanext",
    "ckanext-posyandu/ckanext": "ckanext",
    "schemas": "ckanext/ntbsatudata/schemas",
    "config": "ckanext/ntbsatudata/settings",
}
PLUGINS = {"ntbsatudata", "ntbcare", "posyandu", "ntbsatudata_harvest_ckan", "ntbsatudata_harvest_datajson", "ntbsatudata_harvest_dcat"}


def tracked_files() -> set[str]:
    """Every file of ours that git tracks, at its place once installed."""
    found = set()
    for folder, installed in FOLDERS.items():
        listing = subprocess.run(["git", "ls-files", folder], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        for name in listing.splitlines():
            if (ROOT / name).is_file():
                found.add(f"{installed}/{Path(name).relative_to(folder).as_posix()}")
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    # The wheel is made from the source distribution, so that a stale build folder cannot lend it a file.
    subprocess.run([sys.executable, "-m", "build", "--outdir", str(out), str(ROOT)], check=True, capture_output=True, text=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def clean_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", str(wheel)], check=True, capture_output=True, text=True)
    return python


def test_the_wheel_holds_every_tracked_file(wheel: Path) -> None:
    missing = tracked_files() - set(zipfile.ZipFile(wheel).namelist())
    assert missing == set(), f"vanished from the wheel: {sorted(missing)}"


def test_the_wheel_has_no_second_ckanext_package(wheel: Path) -> None:
    assert "ckanext/__init__.py" not in zipfile.ZipFile(wheel).namelist(), "ckanext is a namespace shared with CKAN"


def test_a_clean_environment_finds_plugins_and_command(clean_python: Path) -> None:
    code = (
        "import json; from importlib.metadata import entry_points as e;"
        "print(json.dumps([[p.name for p in e(group='ckan.plugins')], [p.name for p in e(group='console_scripts') if p.name == 'satudata']]))"
    )
    answer = subprocess.run([str(clean_python), "-c", code], check=True, capture_output=True, text=True).stdout
    plugins, scripts = json.loads(answer)
    assert set(plugins) == PLUGINS
    assert scripts == ["satudata"]


def test_a_plain_install_works_on_files_without_ckan(clean_python: Path) -> None:
    ckan = subprocess.run([str(clean_python), "-c", "import ckan"], capture_output=True, text=True)
    assert "No module named 'ckan'" in ckan.stderr
    satudata = clean_python.parent / "satudata"
    answer = subprocess.run([str(satudata), "--help"], check=True, capture_output=True, text=True).stdout
    assert "Usage: satudata" in answer


def test_a_plain_install_without_the_portal_says_how_to_get_it(clean_python: Path, tmp_path: Path) -> None:
    satudata = clean_python.parent / "satudata"
    answer = subprocess.run(
        [str(satudata), "run"], capture_output=True, text=True, env={"SATUDATA_HOME": str(tmp_path / "var"), "PATH": "/usr/bin:/bin"}
    )
    assert answer.returncode not in (0, 70), answer.stderr
    assert "[portal]" in answer.stderr


def test_schemas_and_catalogues_are_read_from_the_installed_package(clean_python: Path) -> None:
    code = (
        "from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder;"
        "from ckanext.ntbsatudata.domain.problems import Messages;"
        "print(len(Messages.load(SchemaFolder(), 'id').sentences) == len(Messages.load(SchemaFolder(), 'en').sentences) > 0)"
    )
    answer = subprocess.run([str(clean_python), "-c", code], check=True, capture_output=True, text=True, cwd="/")
    assert answer.stdout.strip() == "True"
