"""The portal of many containers: its file is valid, its rules hold, nginx accepts its configuration."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

DOCKER = Path(__file__).parents[2] / "docker"
OFFICIAL = {"solr"}  # not in Debian; the image adds our config set to the official one


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    return content


def test_the_compose_file_is_valid(tmp_path: Path) -> None:
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("docker-compose is not installed")
    copy = tmp_path / "docker"
    shutil.copytree(DOCKER, copy)
    shutil.copytree(copy / "secrets.example", copy / "secrets")
    done = subprocess.run([program, "-f", str(copy / "compose.yaml"), "config"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_service_has_a_health_check_and_a_restart_policy(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert "healthcheck" in service, f"{name} has no health check"
        assert service["restart"] == "unless-stopped", name


def test_only_nginx_is_reachable_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["nginx"]


def test_no_secret_stands_in_the_environment_of_a_container(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        words = re.findall(r"\w*(?:PASSWORD|SECRET|TOKEN)\w*", str(service.get("environment", {})), flags=re.I)
        assert words == [], f"{name}: {words}"


def test_every_secret_has_an_example_and_none_is_shipped(compose: dict[str, Any]) -> None:
    for name, secret in compose["secrets"].items():
        assert secret["file"] == f"./secrets/{name}"
        assert (DOCKER / "secrets.example" / name).read_text(encoding="utf-8").strip() == "replace-me"


@pytest.mark.parametrize("image", sorted(path.parent.name for path in DOCKER.glob("*/Dockerfile")))
def test_an_image_starts_from_debian_slim_and_does_not_run_as_root(image: str) -> None:
    lines = (DOCKER / image / "Dockerfile").read_text(encoding="utf-8").splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    if image not in OFFICIAL:
        assert bases == ["debian:12-slim"]
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users and users[-1] not in ("root", "0"), f"{image} ends as {users[-1:] or 'root'}"


def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        pytest.skip("nginx is not installed")
    text = (DOCKER / "nginx" / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("server ckan:5000", "server 127.0.0.1:5000")  # the name exists inside the network of the containers only
    text = text.replace("/var/cache/nginx", str(tmp_path)).replace("/run/nginx", str(tmp_path))
    conf = tmp_path / "nginx.conf"
    conf.write_text(text, encoding="utf-8")
    done = subprocess.run([program, "-t", "-c", str(conf)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
