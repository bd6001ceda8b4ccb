"""Metadata travels with the data: a dataset as a Data Package in a ZIP (CSV, `datapackage.json`, the metadata records), and back.

The descriptor says in Frictionless' words what they have words for; all our fields lie whole in `metadata/dataset.json`, the linked
records in `metadata/<kind>-<number>.json`, so that reading gives back the same record.
Specification: specs.frictionlessdata.io/data-package.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from ckanext.ntbsatudata.domain.errors import SatuDataError
from ckanext.ntbsatudata.domain.metadata.form import Form, Kind
from ckanext.ntbsatudata.domain.metadata.licences import Licences

_MOMENT = (1980, 1, 1, 0, 0, 0)  # equal content gives equal bytes
_LARGEST_JSON = 20 * 1024 * 1024
_NAME = re.compile(r"[^a-z0-9._-]+")


class NotADataPackageError(SatuDataError):
    """The file is no Data Package, or not one that can be read safely."""

    exit_code = 65


@dataclass(frozen=True)
class PackedFile:
    """A file of the dataset: its resource dict, where its bytes lie, and the name it goes by."""

    resource: Mapping[str, Any]
    path: Path
    name: str


@dataclass(frozen=True)
class DataPackage:
    """A dataset with its linked records. `records`: the kind and the public answers of each."""

    dataset: Mapping[str, Any]
    records: Sequence[tuple[Kind, Mapping[str, Any]]] = field(default=())


def write_datapackage(package: DataPackage, files: Sequence[PackedFile], form: Form, licences: Licences, target: IO[bytes]) -> None:
    """Write the ZIP. Equal content gives equal bytes."""
    names = _paths(files)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "datapackage.json", _descriptor(package.dataset, files, names, licences))
        _put(archive, "metadata/dataset.json", dataset_values(package.dataset, form))
        for number, (kind, answers) in enumerate(package.records, start=1):
            _put(archive, f"metadata/{kind.value}-{number}.json", dict(answers))
        for one, name in zip(files, names, strict=True):
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as inside, one.path.open("rb") as bytes_:
                while block := bytes_.read(1 << 20):
                    inside.write(block)


def read_datapackage(source: Path) -> DataPackage:
    """Return the dataset, its resources and linked records of a package of ours or of another maker.

    Raises `NotADataPackageError` saying why. A path that leaves the archive is refused.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            descriptor = _get(archive, "datapackage.json")
            if not isinstance(descriptor, dict) or not isinstance(descriptor.get("resources"), list):
                raise NotADataPackageError("datapackage.json tidak punya daftar resources.")
            names = set(archive.namelist())
            own = _get(archive, "metadata/dataset.json") if "metadata/dataset.json" in names else _from_descriptor(descriptor)
            resources = [_resource(one, names) for one in descriptor["resources"]]
            records = []
            for name in sorted(names):
                found = re.fullmatch(r"metadata/(mskeg|msind|msvar)-\d+\.json", name)
                if found:
                    records.append((Kind(found.group(1)), _get(archive, name)))
    except (zipfile.BadZipFile, OSError) as error:
        raise NotADataPackageError(f"{source.name} bukan berkas ZIP yang dapat dibaca.") from error
    return DataPackage({**own, "resources": resources}, tuple(records))


def dataset_values(dataset: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """Return the fields of the dataset's form that are filled, tags as names: what a copy elsewhere needs to be the same dataset."""
    values = {one.name: dataset.get(one.name) for one in form.fields if one.name != "tag_string"}
    values["tags"] = [tag["name"] if isinstance(tag, Mapping) else tag for tag in dataset.get("tags") or ()]
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _descriptor(dataset: Mapping[str, Any], files: Sequence[PackedFile], names: Sequence[str], licences: Licences) -> dict[str, Any]:
    licence = licences.read(dataset.get("license_id"))
    described: dict[str, Any] = {
        "profile": "data-package",
        "name": _NAME.sub("-", str(dataset.get("name") or "dataset").lower()),
        "id": dataset.get("id"),
        "title": dataset.get("title"),
        "description": dataset.get("notes"),
        "version": dataset.get("version"),
        "created": dataset.get("metadata_modified"),
        "homepage": dataset.get("url"),
        "keywords": [tag["name"] if isinstance(tag, Mapping) else tag for tag in dataset.get("tags") or ()],
        "licenses": [{"name": licence.id, "path": licence.url, "title": licence.title}] if licence and licence.url else [],
        "contributors": [{"title": (dataset.get("organization") or {}).get("title"), "role": "publisher"}]
        if dataset.get("organization")
        else [],
    }
    resources = []
    for one, name in zip(files, names, strict=True):
        resource = {
            "name": _NAME.sub("-", Path(name).stem.lower()) or "data",
            "path": name,
            "title": one.resource.get("name"),
            "description": one.resource.get("description"),
            "format": str(one.resource.get("format") or "").lower() or None,
            "mediatype": one.resource.get("mimetype"),
            "encoding": "utf-8" if name.endswith(".csv") else None,
            "bytes": one.path.stat().st_size,
            "schema": one.resource.get("schema"),
        }
        if resource["schema"]:
            resource["profile"] = "tabular-data-resource"
        resources.append({key: value for key, value in resource.items() if value not in (None, "", [])})
    return {**{key: value for key, value in described.items() if value not in (None, "", [])}, "resources": resources}


def _paths(files: Sequence[PackedFile]) -> list[str]:
    """Return a safe path for each file, no two alike."""
    names: list[str] = []
    for one in files:
        wanted = _NAME.sub("-", one.name.lower()).strip("-.") or "data"
        number, name = 1, wanted
        while f"data/{name}" in names:
            number += 1
            name = f"{Path(wanted).stem}-{number}{Path(wanted).suffix}"
        names.append(f"data/{name}")
    return names


def _put(archive: zipfile.ZipFile, name: str, content: Any) -> None:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, json.dumps(content, ensure_ascii=False, indent=2, sort_keys=False) + "\n")


def _get(archive: zipfile.ZipFile, name: str) -> Any:
    try:
        entry = archive.getinfo(name)
    except KeyError as error:
        raise NotADataPackageError(f"Berkas ini tidak memuat {name}.") from error
    if entry.file_size > _LARGEST_JSON:
        raise NotADataPackageError(f"{name} terlalu besar: {entry.file_size} bita.")
    try:
        return json.loads(archive.read(entry).decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise NotADataPackageError(f"{name} bukan JSON yang sah.") from error


def _resource(described: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    path = str(described.get("path") or "")
    if not path.startswith(("http://", "https://")) and (path not in names or path.startswith("/") or ".." in Path(path).parts):
        raise NotADataPackageError(f"resources menunjuk berkas yang tidak ada di dalam ZIP: {path!r}.")
    kept = {
        "url": path,
        "name": described.get("title") or described.get("name"),
        "description": described.get("description"),
        "format": str(described.get("format") or Path(path).suffix.lstrip(".")).upper() or None,
        "mimetype": described.get("mediatype"),
        "size": described.get("bytes"),
        "schema": described.get("schema"),
    }
    return {key: value for key, value in kept.items() if value not in (None, "", [])}


def _from_descriptor(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the descriptor of another maker says in our fields."""
    licences = descriptor.get("licenses") or [{}]
    values = {
        "title": descriptor.get("title") or descriptor.get("name"),
        "notes": descriptor.get("description"),
        "version": descriptor.get("version"),
        "tags": descriptor.get("keywords") or [],
        "license_id": licences[0].get("name") if isinstance(licences[0], Mapping) else None,
        "url": descriptor.get("homepage"),
    }
    return {key: value for key, value in values.items() if value not in (None, "", [])}
