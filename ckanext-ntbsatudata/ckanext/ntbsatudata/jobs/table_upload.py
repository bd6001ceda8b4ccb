"""A file somebody wants checked, kept for one hour outside the web root for the one who sent it; large ones are checked in the background."""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from ckan.plugins import toolkit

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.errors import NotFoundError
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.tables.answer import answer_of, answer_of_unreadable, excerpt_of
from ckanext.ntbsatudata.domain.tables.checking import Check, check_table
from ckanext.ntbsatudata.domain.tables.errors import UnreadableFileError
from ckanext.ntbsatudata.domain.tables.fields import Field, FieldType
from ckanext.ntbsatudata.domain.tables.proposal import Reasons
from ckanext.ntbsatudata.domain.tables.reading import opened_table
from ckanext.ntbsatudata.domain.tables.schema import load_table_schema
from ckanext.ntbsatudata.domain.tables.schema_check import check_against
from ckanext.ntbsatudata.domain.tables.tidy import write_tidy

KEPT_SECONDS = 3600
IN_THE_BACKGROUND_FROM = 5_000_000  # bytes
LANGUAGES = ("id", "en")


class UploadGoneError(NotFoundError):
    """There is no such upload, or not for this person, or no longer."""


@dataclass(frozen=True)
class Accepted:
    """What somebody accepted of a proposal: the long form, other types, the order of dates."""

    as_long: bool = False
    types: tuple[tuple[str, str], ...] = ()
    orders: tuple[tuple[str, str], ...] = ()

    def applied(self, fields: Sequence[Field]) -> tuple[Field, ...]:
        """Return the fields as accepted."""
        types, orders = dict(self.types), dict(self.orders)
        return tuple(
            replace(found, type=FieldType(types.get(found.name, found.type.value)), order=orders.get(found.name, found.order))
            for found in fields
        )


@dataclass(frozen=True)
class Upload:
    """One upload in a folder of its own: the file, who sent it, and the answer once it is there."""

    folder: Path
    token: str
    name: str
    sheet: str | None
    schema: str | None

    @property
    def file(self) -> Path:
        return self.folder / "file"

    def answer(self, language: str) -> dict[str, Any] | None:
        """Return the answer of the check in one language, or None while it is being made."""
        path = self.folder / f"answer.{language if language in LANGUAGES else 'en'}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def keep(stream: IO[bytes], name: str, user: str, sheet: str | None = None, schema: str | None = None) -> Upload:
    """Keep an upload and have it checked: at once when it is small, else by a job."""
    _forget_old()
    token = uuid.uuid4().hex
    folder = _root() / token
    folder.mkdir(mode=0o700, parents=True)
    upload = Upload(folder, token, Path(name).name, sheet or None, schema or None)
    with upload.file.open("wb") as out:
        shutil.copyfileobj(stream, out)
    upload.file.chmod(0o600)
    described = {"user": user, "name": upload.name, "sheet": upload.sheet, "schema": upload.schema}
    (folder / "upload.json").write_text(json.dumps(described), encoding="utf-8")
    if upload.file.stat().st_size < IN_THE_BACKGROUND_FROM:
        check(token)
    else:
        toolkit.enqueue_job(check, [token], title="check of an uploaded table")
    return upload


def find(token: str, user: str) -> Upload:
    """Return the upload of a person. Raises `UploadGoneError`."""
    described = _root() / (token if token.isalnum() else "-") / "upload.json"
    content = json.loads(described.read_text(encoding="utf-8")) if described.is_file() else {}
    if content.get("user") != user or time.time() - described.stat().st_mtime > KEPT_SECONDS:
        raise UploadGoneError(toolkit._("This upload is no longer kept. Send the file again."))
    return Upload(described.parent, token, content["name"], content["sheet"], content["schema"])


def check(token: str) -> None:
    """Check an upload and keep the answer in every language."""
    folder = _root() / token
    if not (folder / "upload.json").is_file():
        return
    content = json.loads((folder / "upload.json").read_text(encoding="utf-8"))
    upload = Upload(folder, token, content["name"], content["sheet"], content["schema"])
    schemas = config.schema_folder()
    try:
        with opened_table(upload.file, upload.sheet) as table:
            checked = _checked(table, upload)
            for language in LANGUAGES:
                messages, reasons = Messages.load(schemas, language), Reasons.load(schemas, language)
                columns = [found.name for found in checked.fields]
                _write(
                    upload,
                    language,
                    {**answer_of(checked, messages, reasons), "columns": columns, "excerpt": excerpt_of(checked, messages)},
                )
    except UnreadableFileError as error:
        for language in LANGUAGES:
            _write(
                upload, language, {**answer_of_unreadable(error.problem, Messages.load(schemas, language)), "columns": [], "excerpt": []}
            )


def tidy(upload: Upload, accepted: Accepted, target: Path) -> Check:
    """Write the table of an upload tidily, as accepted. Raises `UnreadableFileError`."""
    with opened_table(upload.file, upload.sheet) as table:
        checked = _checked(table, upload)
        chosen = replace(checked, fields=accepted.applied(checked.fields))
        write_tidy(chosen, target, as_long=accepted.as_long)
        return chosen


def _checked(table: Any, upload: Upload) -> Check:
    folder = config.schema_folder()
    lists = CodeLists.load(folder)
    return check_against(table, load_table_schema(folder, upload.schema), lists) if upload.schema else check_table(table, lists)


def _write(upload: Upload, language: str, answer: dict[str, Any]) -> None:
    target = upload.folder / f"answer.{language}.json"
    made = target.with_suffix(".part")
    made.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    made.replace(target)


def _root() -> Path:
    root = Path(toolkit.config["ckan.storage_path"]) / "table-uploads"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return root


def _forget_old() -> None:
    for folder in _root().iterdir():
        if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
