"""INDAH of BPS: its payloads read into records and written back to equal JSON, misspelt keys included.

Two shapes are met: the nested `v2` submission (`data.blok_i.instansi_penyelanggara`) and the flat answer of its search
(`i_instansi_penyelanggara`, inner lists as JSON text). A field of the form names its nested place (`indah`); its own name is
the flat one. What a payload holds beside the form (submitter, reviews, a null where another system writes false) is kept as it
came: writing starts from the payload that was read and changes only what changed in meaning.

Shapes: payloads of two regional systems that submit to INDAH, and of one that reads from it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.ntbsatudata.domain.metadata.check import says_something
from ckanext.ntbsatudata.domain.metadata.form import Field, FieldType, Form, Kind
from ckanext.ntbsatudata.domain.problems import Problem

_MISSING = object()
# Outside `data` in a nested payload.
_ENVELOPE = ("produsen_data", "submission_period", "status", "ms_keg_id", "last_sync", "requested_by", "approved_by")
_FLAG_TYPES = (FieldType.FLAGS,)


@dataclass(frozen=True)
class IndahRecord:
    """What was read: the record in our names, the payload it came from, and the places that could not be read."""

    values: Mapping[str, Any]
    payload: Mapping[str, Any]
    problems: tuple[Problem, ...] = field(default=())


def kind_of(payload: Mapping[str, Any]) -> Kind | None:
    """Return which of the three records a payload is, or None."""
    data = payload.get("data") if isinstance(payload.get("data"), Mapping) else payload
    if not isinstance(data, Mapping):
        return None
    if "judul_kegiatan" in data:
        return Kind.MSKEG
    if "apakah_indikator_komposit" in data or "interpretasi" in data:
        return Kind.MSIND
    return Kind.MSVAR if "kalimat_pertanyaan" in data or "apakah_variabel_bisa_diakses_umum" in data else None


def read_payload(form: Form, payload: Mapping[str, Any]) -> IndahRecord:
    """Return the record of a nested or flat payload. A value of another shape than the field's is a problem, not a guess."""
    nested = isinstance(payload.get("data"), Mapping)
    values: dict[str, Any] = {}
    problems = []
    for one in form.fields:
        raw = _get(payload, _path(one, nested, payload)) if nested else _flat(payload, one)
        if raw is _MISSING:
            continue
        try:
            value = _read(one, raw)
        except (TypeError, ValueError):
            problems.append(Problem("indah-unreadable", field=one.name, values={"label": one.label}))
            continue
        if value is not None:
            values[one.name] = value
    if form.kind is Kind.MSKEG and "identitas_rekomendasi" in {one.name for one in form.fields}:
        values.setdefault("apakah_mendapat_rekomendasi", says_something(values.get("identitas_rekomendasi")))
    return IndahRecord(values, payload, tuple(problems))


def write_payload(form: Form, record: Mapping[str, Any], base: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the payload of a record: nested `v2` when there is no `base`, else the shape of `base` with what changed."""
    payload: dict[str, Any] = copy.deepcopy(dict(base)) if base is not None else {"data": {}, "status": "DRAFT", "version": "v2"}
    nested = isinstance(payload.get("data"), Mapping)
    for one in form.fields:
        if not one.indah:
            continue
        path = _path(one, nested, payload) if nested else (_flat_key(payload, one),)
        before = _get(payload, path)
        if before is not _MISSING and _same(one, before, record.get(one.name)):
            continue
        if before is _MISSING and (base is not None or one.type is FieldType.SYSTEM) and not says_something(record.get(one.name)):
            continue  # the payload does not speak of it, and there is nothing to say
        _put(payload, path, _write(one, record.get(one.name), before, nested))
    return payload


def _path(one: Field, nested: bool, payload: Mapping[str, Any]) -> tuple[str, ...]:
    steps = tuple(one.indah.split(".")) if one.indah else ()
    if not steps or steps[0] in _ENVELOPE:
        return steps
    if one.type is FieldType.SYSTEM and steps[0] in payload:
        return steps
    return ("data", *steps)


def _get(payload: Any, path: tuple[str, ...]) -> Any:
    if not path:
        return _MISSING
    for step in path:
        if not isinstance(payload, Mapping) or step not in payload:
            return _MISSING
        payload = payload[step]
    return payload


def _put(payload: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        if not isinstance(payload.get(step), dict):
            payload[step] = {}
        payload = payload[step]
    if isinstance(value, dict) and isinstance(payload.get(path[-1]), dict):
        payload[path[-1]] = {**payload[path[-1]], **value}  # flags share their place with the text of «lainnya»
    else:
        payload[path[-1]] = value


def _flat_key(payload: Mapping[str, Any], one: Field) -> str:
    return next((name for name in (one.name, *one.aliases) if name in payload), one.name)


def _flat(payload: Mapping[str, Any], one: Field) -> Any:
    raw = payload.get(_flat_key(payload, one), _MISSING)
    if isinstance(raw, str) and one.type in (FieldType.LIST, FieldType.ROWS, FieldType.DATES, FieldType.DATE_RANGES, *_FLAG_TYPES):
        return (
            json.loads(raw)
            if raw.strip().startswith(("[", "{"))
            else ([] if not raw.strip() else [part.strip() for part in raw.split(",")])
        )
    return raw


def _same(one: Field, before: Any, value: Any) -> bool:
    """True when what the payload holds already means the value."""
    try:
        held = _read(one, json.loads(before) if _is_json_text(one, before) else before)
    except (TypeError, ValueError):
        return value is None
    return bool(held == value) or (not says_something(held) and not says_something(value))


def _is_json_text(one: Field, before: Any) -> bool:
    return (
        one.type not in (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.SYSTEM)
        and isinstance(before, str)
        and before.strip().startswith(("[", "{"))
    )


def _read(one: Field, raw: Any) -> Any:
    """Return the value in our shape; None for an answer not given. Raises ValueError or TypeError for another shape."""
    if raw is None or one.type is FieldType.SYSTEM:
        return raw
    if one.type in (FieldType.TEXT, FieldType.LONG_TEXT):
        return _text(raw)
    if one.type in (FieldType.INTEGER, FieldType.YEAR):
        return None if raw == "" else int(raw)
    if one.type is FieldType.BOOLEAN:
        return _yes_or_no(raw)
    if one.type is FieldType.CHOICE:
        return _option(one, raw)
    if one.type is FieldType.FLAGS:
        return _flags(one, raw)
    return _many(one, raw)


def _text(raw: Any) -> str:
    if isinstance(raw, list | dict):
        raise TypeError
    return str(raw)


def _yes_or_no(raw: Any) -> bool:
    answers = {True: True, False: False, "1": True, "2": False, "ya": True, "tidak": False, "true": True, "false": False}
    key = raw if isinstance(raw, bool) else str(raw).strip().casefold()
    if key not in answers:
        raise ValueError
    return answers[key]


def _option(one: Field, raw: Any) -> str | None:
    """Return the option of a value, of a code of the paper form, or of a label; an unknown value is kept for the check to name."""
    text = str(raw).strip()
    if text == "":
        return None
    for option in one.options:
        if text in (option.value, str(option.code)) or text.casefold() in {label.casefold() for label in option.label.values()}:
            return option.value
    return text


def _flags(one: Field, raw: Any) -> list[str]:
    if isinstance(raw, Mapping):
        return [option.value for option in one.options if raw.get(option.value)]
    if isinstance(raw, list):
        found = [_option(one, value) for value in raw]
        return [value for value in found if value is not None]
    raise TypeError


def _many(one: Field, raw: Any) -> list[Any]:
    items = raw if isinstance(raw, list) else [raw]
    if one.type is FieldType.ROWS:
        return [_row(one, item) for item in items if any(says_something(cell) for cell in item.values())]
    if one.type is FieldType.DATE_RANGES:
        return [dict(item) for item in items if says_something(item.get("awal")) or says_something(item.get("akhir"))]
    return [_text(item) for item in items if item not in (None, "")]


def _row(one: Field, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row in the columns of the form. INDAH nests the publication and the activity in lists of their own."""
    row = {column.name: item.get(column.name) for column in one.columns if column.name in item}
    publications = item.get("ketersediaan_publikasi")
    if isinstance(publications, list) and publications:
        row["publikasi_ketersediaan"] = publications[0].get("nama")
    activities = item.get("kegiatan_penghasil")
    if isinstance(activities, list):
        row["kegiatan_penghasil"] = activities[0] if activities else None
    return row


def _write(one: Field, value: Any, before: Any, nested: bool) -> Any:
    if one.type is FieldType.FLAGS and (nested or isinstance(before, Mapping)):
        return {option.value: option.value in (value or ()) for option in one.options}
    if one.type in (FieldType.ROWS, FieldType.DATES, FieldType.DATE_RANGES, FieldType.LIST, FieldType.FLAGS):
        items = [_indah_row(one, item) if one.type is FieldType.ROWS else item for item in value or ()]
        return json.dumps(items, ensure_ascii=False) if isinstance(before, str) else items
    return value


def _indah_row(one: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    written = dict(row)
    if one.name == "indikator_pembangun":
        publication = {"nama": written.pop("publikasi_ketersediaan", None), "link_eksternal_yang_bisa_diakses": None, "file": None}
        written["ketersediaan_publikasi"] = [publication]
    if one.name == "variabel_pembangun":
        activity = written.pop("kegiatan_penghasil", None)
        written["kegiatan_penghasil"] = [] if activity is None else [activity]
    return written
