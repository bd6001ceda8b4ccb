"""The ini file of one portal: the settings of every portal, and above them what belongs to this one.

Where a variable of CKAN's names an external database, queue, search or file folder, that is used and nothing of ours is started.
"""

from __future__ import annotations

import configparser
import importlib.util
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from ckanext.ntbsatudata.domain.content import Region
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.local.errors import SettingsError
from ckanext.ntbsatudata.local.secrets import write_private
from ckanext.ntbsatudata.local.services import Services
from ckanext.ntbsatudata.local.state import Identity, StateFolder

SECTION = "app:main"
OF_EVERY_PORTAL = Path(str(files("ckanext.ntbsatudata.settings"))) / "portal.ini"
_REGION_OF_EVERY_PORTAL = "52"  # whose names `portal.ini` holds
_DATABASE = ("CKAN_SQLALCHEMY_URL", "CKAN_DATASTORE_WRITE_URL", "CKAN_DATASTORE_READ_URL")
_FIRST_SETTINGS = f"""\
# Pengaturan portal ini, dibaca paling akhir. Nama pengaturan: https://docs.ckan.org/en/2.12/maintaining/configuration.html
[{SECTION}]
# ckan.site_title = Satu Data Kabupaten Sumbawa Barat
# smtp.server = smtp.example.go.id:587
"""


def external_database(environ: Mapping[str, str]) -> bool:
    """Whether the databases are somebody else's. Raises `SettingsError` when only some of the three are named."""
    named = [name for name in _DATABASE if environ.get(name)]
    if named and len(named) < len(_DATABASE):
        missing = ", ".join(name for name in _DATABASE if name not in named)
        raise SettingsError(f"{', '.join(named)} disetel tetapi {missing} tidak. Setel ketiganya, atau kosongkan ketiganya.")
    return bool(named)


def external_queue(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("CKAN_REDIS_URL"))


def of_portal(state: StateFolder, services: Services, identity: Identity, environ: Mapping[str, str], url: str) -> dict[str, str]:
    """Return the settings of this portal, by CKAN's names, the operator's own `settings.ini` last.

    Raises `SettingsError` when that file cannot be read, `UsageError` for a region that does not exist.
    """
    address = environ.get("CKAN_SITE_URL") or url
    own_database, own_queue = not external_database(environ), not external_queue(environ)
    settings = {
        "ckan.site_url": address,
        "sqlalchemy.url": services.catalogue_url if own_database else environ["CKAN_SQLALCHEMY_URL"],
        "ckan.datastore.write_url": services.datastore_write_url if own_database else environ["CKAN_DATASTORE_WRITE_URL"],
        "ckan.datastore.read_url": services.datastore_read_url if own_database else environ["CKAN_DATASTORE_READ_URL"],
        "ckan.redis.url": services.redis_url if own_queue else environ["CKAN_REDIS_URL"],
        "ckan.storage_path": environ.get("CKAN_STORAGE_PATH") or str(state.storage),
        "ckan.webassets.path": str(state.assets),
        "ntbsatudata.wilayah": identity.wilayah,
        "ntbsatudata.demo": str(identity.demo).lower(),
        "SECRET_KEY": services.secrets.get("SECRET_KEY"),
        "WTF_CSRF_SECRET_KEY": services.secrets.get("WTF_CSRF_SECRET_KEY"),
        "api_token.jwt.encode.secret": f"string:{services.secrets.get('api_token')}",
        "api_token.jwt.decode.secret": f"string:{services.secrets.get('api_token')}",
        "SESSION_COOKIE_SECURE": str(address.startswith("https://")).lower(),
        "REMEMBER_COOKIE_SECURE": str(address.startswith("https://")).lower(),
    }
    if solr := environ.get("CKAN_SOLR_URL"):
        settings |= {"ntbsatudata.search.engine": "solr", "solr_url": solr}
    return settings | _names(identity.wilayah, environ) | _object_storage(environ) | _of_operator(state.settings)


def write(state: StateFolder, settings: Mapping[str, str]) -> None:
    """Write the ini file, readable by its owner alone, and the operator's empty one where there is none."""
    if not state.settings.is_file():
        write_private(state.settings, _FIRST_SETTINGS)
    lines = [
        "# Ditulis ulang setiap `satudata run`. Pengaturan sendiri: settings.ini di folder ini.",
        f"[{SECTION}]",
        f"use = config:{OF_EVERY_PORTAL}",
        *(f"{name} = {value.replace('%', '%%')}" for name, value in settings.items()),
    ]
    write_private(state.ini, "\n".join(lines) + "\n")


def catalogue_url(state: StateFolder) -> str:
    """Return the address of the catalogue's database that the portal of a folder was started with."""
    parser = configparser.RawConfigParser(default_section="none")
    parser.read(state.ini, encoding="utf-8")
    return parser[SECTION]["sqlalchemy.url"].replace("%%", "%")


def _object_storage(environ: Mapping[str, str]) -> dict[str, str]:
    """Return CKAN's settings for files in a bucket; its keys stay in the environment, where the library looks for them.

    Raises `SettingsError` without the library: CKAN would only warn, and keep the files in a local folder.
    """
    bucket = environ.get("SATUDATA_S3_BUCKET")
    if not bucket:
        return {}
    if importlib.util.find_spec("boto3") is None:
        raise SettingsError("SATUDATA_S3_BUCKET perlu pustaka boto3. Pasang dengan: pip install 'ntb-satu-data[portal,s3]'")
    # A resource keeps its place when its file is replaced.
    storage = {"type": "file_keeper:s3", "bucket": bucket, "path": "resources", "overwrite_existing": "true"}
    for option in ("endpoint", "region"):
        if value := environ.get(f"SATUDATA_S3_{option.upper()}"):
            storage[option] = value
    return {f"ckan.files.storage.resources.{option}": value for option, value in storage.items()}


def _names(wilayah: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The names of a portal whose region is not the one that `portal.ini` speaks of. Raises `UsageError` for a region that cannot be."""
    region = Region.of(CodeLists.load(SchemaFolder.from_environment(environ)), wilayah)
    if wilayah == _REGION_OF_EVERY_PORTAL:
        return {}
    return {"ckan.site_title": f"Satu Data {region.name}", "ckan.site_description": f"Satu Data Indonesia tingkat {region.name}"}


def _of_operator(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    parser = configparser.RawConfigParser(default_section="none")
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # CKAN's names keep their case
    try:
        parser.read(path, encoding="utf-8")
    except configparser.Error as error:
        raise SettingsError(f"Berkas pengaturan {path} tidak terbaca: {error.message}. Perbaiki baris itu.") from error
    return dict(parser[SECTION]) if parser.has_section(SECTION) else {}
