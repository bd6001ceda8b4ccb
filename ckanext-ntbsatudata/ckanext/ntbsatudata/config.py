"""One typed function for each setting of ours; `config_declaration.yaml` declares and explains them."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path

from ckan.plugins import toolkit

from ckanext.ntbsatudata.domain.errors import UsageError
from ckanext.ntbsatudata.domain.schema_check import require_sound
from ckanext.ntbsatudata.domain.schema_folder import CheckedCopies, SchemaFolder


def demo() -> bool:
    """Whether this portal shows sample content and says so on every page."""
    return bool(toolkit.config["ntbsatudata.demo"])


def wilayah() -> str:
    """The Kemendagri code of the region whose portal this is, such as `52` or `52.07`."""
    return str(toolkit.config["ntbsatudata.wilayah"])


def contact() -> str:
    """The e-mail address that the footer and the about page give; empty when the operator has not set one."""
    return str(toolkit.config["ntbsatudata.contact"] or "")


def curation() -> bool:
    """Whether datasets become public through curation only; without it they are published as in plain CKAN."""
    return bool(toolkit.config["ntbsatudata.curation"])


def standards_list() -> Path | None:
    """The operator's copy of the national list of data standards (JSON); None when there is none."""
    path = str(toolkit.config["ntbsatudata.standards_list"] or "")
    return Path(path) if path else None


def quarantine() -> Path:
    """The folder in which raw extracts lie while they are processed; beside the storage folder unless the operator names another."""
    path = str(toolkit.config["ntbsatudata.extract.quarantine"] or "")
    return Path(path) if path else Path(toolkit.config["ckan.storage_path"]).with_name("quarantine")


def quarantine_key_file() -> Path | None:
    """The operator's key of the quarantine; None when the key lies in the quarantine itself."""
    path = str(toolkit.config["ntbsatudata.extract.key_file"] or "")
    return Path(path) if path else None


def checked_schemas() -> CheckedCopies:
    """Where the checked copies of the operator's schema folder lie."""
    return CheckedCopies(Path(toolkit.config["ckan.storage_path"]) / "schemas")


def schema_folder() -> SchemaFolder:
    """The schemas in force. Cheap enough to ask in every request, and equal until `ckan ntbsatudata schema reload` switches.

    With `SATUDATA_SCHEMAS` it is a copy that passed all checks, so a half-edited file is never in force. The first use takes the
    folder as it is then. Raises `SchemaFolderError` when that folder is not sound.
    """
    overlay = os.environ.get("SATUDATA_SCHEMAS", "").strip()
    if not overlay:
        return SchemaFolder()
    copies = checked_schemas()
    in_force = copies.in_force()
    if in_force is None:
        SchemaFolder.from_environment(os.environ)  # the folder exists, or says so
        in_force = copies.copy(Path(overlay))
        require_sound(in_force)
        copies.switch(in_force)
    return in_force


def page_cache_bytes() -> int:
    """How much memory each web worker may fill with finished pages for anonymous readers; 0 keeps none."""
    return int(toolkit.config["ntbsatudata.page_cache_megabytes"]) * 1024 * 1024


class SearchEngine(Enum):
    POSTGRES = "postgres"
    SOLR = "solr"


def search_engine() -> SearchEngine:
    """The search engine in use. Raises `UsageError` for a name that is none."""
    name = str(toolkit.config.get("ntbsatudata.search.engine") or SearchEngine.POSTGRES.value)
    try:
        return SearchEngine(name)
    except ValueError as error:
        raise UsageError(f"ntbsatudata.search.engine = {name}: isi postgres atau solr.") from error
