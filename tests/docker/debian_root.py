"""A Debian of its own in a folder: the steps of our Dockerfiles are run in one, since they start from a plain Debian slim.

No Docker is needed; root is (chroot). The network of a running root is a namespace with a loopback only, in which the service
names of `compose.yaml` point to it.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

SERVICE_NAMES = ("postgres", "redis", "solr", "ckan")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
REPOSITORY = Path(__file__).parents[2]


def debootstrap(folder: Path) -> None:
    """Make the smallest Debian 12 in `folder`, with what Debian's slim images have."""
    done = subprocess.run(
        ["debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", str(folder)],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"debootstrap failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


@dataclass
class DebianRoot:
    """One image, built step by step from its Dockerfile."""

    folder: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"})
    user: str = "root"
    workdir: str = "/"
    command: list[str] = field(default_factory=list)

    @classmethod
    def from_base(cls, base: Path, folder: Path) -> DebianRoot:
        subprocess.run(["cp", "-a", str(base), str(folder)], check=True)
        shutil.copy("/etc/resolv.conf", folder / "etc" / "resolv.conf")
        if CERTIFICATES.is_file():  # the network of the testing machine may have a certificate of its own
            target = folder / str(CERTIFICATES).lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CERTIFICATES, target)
        (folder / "etc" / "hosts").write_text(f"127.0.0.1 localhost {' '.join(SERVICE_NAMES)}\n", encoding="utf-8")
        for stream in ("stdout", "stderr"):  # a container has these; a chroot without /proc has not
            (folder / "dev" / stream).unlink(missing_ok=True)  # a link into /proc, which here would be the machine's own
            (folder / "dev" / stream).touch()
            (folder / "dev" / stream).chmod(0o666)
        return cls(folder)

    def build(self, dockerfile: Path) -> None:
        """Run the steps. Raises `RuntimeError` with the step that failed, and for an instruction this reader does not know."""
        for instruction, rest in _instructions(dockerfile.read_text(encoding="utf-8")):
            match instruction:
                case "FROM" | "EXPOSE" | "VOLUME":
                    continue
                case "RUN":
                    self.run(["sh", "-c", rest], building=True)
                case "COPY":
                    self._copy(rest)
                case "ENV":
                    for assignment in shlex.split(rest):
                        name, _, value = assignment.partition("=")
                        self.environment[name] = value.replace("$PATH", self.environment["PATH"])
                case "USER":
                    self.user = rest
                case "WORKDIR":
                    self.workdir = rest
                    (self.folder / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
                case "CMD":
                    self.command = _json_list(rest)
                case _:
                    raise RuntimeError(f"{dockerfile}: {instruction} is not read here")

    def run(self, command: list[str], *, building: bool = False) -> str:
        """Run a command inside to its end and return what it printed."""
        environment = dict(self.environment)
        if building:
            environment |= {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name in _OF_NETWORK}
        done = subprocess.run(self._chroot(command), env=environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"step failed: {shlex.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def start(self, command: list[str], namespace: str, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
        """Start the container's program in a network of its own."""
        whole = ["ip", "netns", "exec", namespace, *self._chroot(command)]
        with log.open("wb") as out:
            return subprocess.Popen(
                whole, env={**self.environment, **environment}, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )

    def secret(self, name: str, value: str) -> None:
        path = self.folder / "run" / "secrets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value + "\n", encoding="utf-8")
        path.chmod(0o444)

    def _chroot(self, command: list[str]) -> list[str]:
        inside = f"cd {shlex.quote(self.workdir)} && exec {shlex.join(command)}"
        return ["chroot", f"--userspec={self.user}", str(self.folder), "/bin/sh", "-c", inside]

    def _copy(self, rest: str) -> None:
        *sources, target = [word for word in shlex.split(rest) if not word.startswith("--")]
        place = (self.folder / self.workdir.lstrip("/") / target) if not target.startswith("/") else self.folder / target.lstrip("/")
        for name in sources:
            source = REPOSITORY / name
            if source.is_dir():
                shutil.copytree(source, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
            elif target.endswith("/"):
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, place / source.name)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, place)


_OF_NETWORK = {
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
}


def _instructions(text: str) -> list[tuple[str, str]]:
    joined = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#")).replace("\\\n", " ")
    found = []
    for line in joined.splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            found.append((word, rest.strip()))
    return found


def _json_list(text: str) -> list[str]:
    words: list[str] = json.loads(text)
    return words
