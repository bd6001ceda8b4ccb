"""Files in a bucket instead of a folder, against a server that speaks S3."""

from __future__ import annotations

import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ckanext.ntbsatudata.local import settings
from ckanext.ntbsatudata.local.errors import SettingsError

from .conftest import READY, Run, free_port, satudata

BUCKET = "satudata"


@pytest.fixture
def bucket() -> Iterator[dict[str, str]]:
    """The environment variables of an empty bucket."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", free_port())
    server.start()
    environ = {
        "SATUDATA_S3_BUCKET": BUCKET,
        "SATUDATA_S3_ENDPOINT": "http://{}:{}".format(*server.get_host_and_port()),
        "SATUDATA_S3_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    client = boto3.client(
        "s3", "us-east-1", endpoint_url=environ["SATUDATA_S3_ENDPOINT"], aws_access_key_id="key", aws_secret_access_key="s"
    )
    client.create_bucket(Bucket=BUCKET)
    yield environ
    client.close()
    server.stop()


def test_published_files_lie_in_the_bucket_and_download_from_it_byte_by_byte(home: Path, bucket: dict[str, str]):
    run = Run(home, free_port(), **bucket)
    run.wait_for(READY)

    resources = run.action("package_show?id=kode-wilayah")["resources"]
    csv = next(resource for resource in resources if resource["url"].endswith(".csv"))
    with urllib.request.urlopen(csv["url"], timeout=30) as answer:
        downloaded = answer.read()
    local = [path for path in (home / "storage").rglob("*") if path.is_file() and "resources" in path.parts]
    assert run.interrupt(signal.SIGTERM) == 0

    assert len(downloaded) == csv["size"]
    assert downloaded.startswith(b"kode")
    assert local == []


def test_a_file_is_replaced_in_the_bucket(home: Path, bucket: dict[str, str]):
    run = Run(home, free_port(), **bucket)
    run.wait_for(READY)
    token = satudata(home, "ckan", "user", "token", "add", "admin", "test", "expires_in=1", "unit=86400", "-q", **bucket).stdout.split()[-1]
    run.action("package_create", {"name": "ganti", "title": "Ganti", "owner_org": run.action("organization_list")[0]}, token)

    def upload(action: str, content: bytes, **data: str) -> str:
        files = {"upload": ("tabel.txt", content)}
        address = f"http://127.0.0.1:{run.port}/api/3/action/{action}"
        answer = requests.post(address, data=data, files=files, headers={"Authorization": token}, timeout=60)
        assert answer.ok, answer.text
        return answer.json()["result"]["id"]

    resource = upload("resource_create", b"lama", package_id="ganti", name="tabel")
    upload("resource_patch", b"baru", id=resource)
    address = run.action(f"resource_show?id={resource}", token=token)["url"]
    downloaded = requests.get(address, headers={"Authorization": token}, timeout=60)
    assert run.interrupt(signal.SIGTERM) == 0

    assert (downloaded.status_code, downloaded.content) == (200, b"baru")


def test_a_bucket_without_the_library_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        SettingsError, match=r"SATUDATA_S3_BUCKET perlu pustaka boto3\. Pasang dengan: pip install 'ntb-satu-data\[portal,s3\]'"
    ):
        settings._object_storage({"SATUDATA_S3_BUCKET": BUCKET})


def test_a_bucket_that_is_not_there_ends_the_start(home: Path, bucket: dict[str, str]):
    told = satudata(home, "run", "--port", str(free_port()), **{**bucket, "SATUDATA_S3_BUCKET": "lain"})
    assert told.returncode == 69
    assert "container lain does not exist" in told.stderr
