"""Validators of the dataset's fields: CKAN's way of asking the domain."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ckan.plugins import toolkit
from flask import has_request_context

from ckanext.ntbsatudata.config import schema_folder
from ckanext.ntbsatudata.domain.metadata.check import iso_date
from ckanext.ntbsatudata.domain.metadata.dataset import dataset_rules, id_sds_problems
from ckanext.ntbsatudata.domain.metadata.moments import is_period, read_moment
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.problems import Messages, Problem

__all__ = [
    "ntbsatudata_dataset_rules", "ntbsatudata_day", "ntbsatudata_frequency", "ntbsatudata_id_sds", "ntbsatudata_konsep_name", "ntbsatudata_licence",
    "ntbsatudata_moment", "ntbsatudata_period",
]  # fmt: skip


def ntbsatudata_konsep_name(value: str) -> str:
    """Refuse a concept name that breaks a naming rule of BPS."""
    _refuse(Standard.of(schema_folder()).names.check(value) if value else [])
    return value


def ntbsatudata_id_sds(value: str) -> str:
    """A number of the national list, or «belum ada»."""
    _refuse(id_sds_problems(value) if value else [])
    return value


def ntbsatudata_frequency(value: str) -> str:
    """Turn a spelling into its code; refuse one without a safe meaning."""
    frequency, problem = Standard.of(schema_folder()).frequencies.read(value)
    _refuse([problem] if problem else [])
    return frequency.code if frequency else ""


def ntbsatudata_licence(value: str) -> str:
    """Turn the many names of a licence we know into its id; leave others as they are."""
    licence = Standard.of(schema_folder()).licences.read(value)
    return licence.id if licence else value


def ntbsatudata_period(value: str) -> str:
    """A year, a month or a day in ISO 8601."""
    if value and not is_period(value):
        raise toolkit.Invalid(toolkit._("Write a year, a month or a day: 2018, 2018-07 or 2018-07-01."))
    return value


def ntbsatudata_day(value: str) -> str:
    """An ISO date."""
    if value and iso_date(value) is None:
        raise toolkit.Invalid(toolkit._("Write year-month-day, such as 2026-03-01."))
    return value


def ntbsatudata_moment(value: str) -> str:
    """A date or a moment, written in ISO 8601."""
    moment, problem = read_moment(value, "")
    _refuse([problem] if problem else [])
    return moment or ""


def ntbsatudata_dataset_rules(key: Any, data: dict[Any, Any], errors: dict[Any, Any], context: Any) -> None:
    """Rules over several fields, which a draft may still break; and the EU data themes of a topic, when none are given."""
    # scheming has moved our fields into extras by the time the validators of the whole run
    places = {data[name]: name[1] for name in data if name[:1] == ("extras",) and name[2:] == ("key",)}
    extras = {name: data.get(("extras", place, "value")) for name, place in places.items()}
    themes = Standard.of(schema_folder()).themes.get(extras.get("topik") or "", ())
    if themes and extras.get("theme") in (None, "", "[]"):
        place = places.get("theme", max(places.values()) + 1)
        data[("extras", place, "key")], data[("extras", place, "value")] = "theme", json.dumps(themes)
    if data.get(("state",)) == "draft":
        return
    flat = {name[0]: value for name, value in data.items() if len(name) == 1 and isinstance(value, str)}
    for problem in dataset_rules({**flat, **extras}):
        errors.setdefault((problem.field,), []).append(_sentence(problem))


def _refuse(problems: Iterable[Problem]) -> None:
    sentences = [_sentence(problem) for problem in problems]
    if sentences:
        raise toolkit.Invalid(" ".join(sentences))


def _sentence(problem: Problem) -> str:
    language = toolkit.h.lang() if has_request_context() else toolkit.config["ckan.locale_default"]
    sentence = Messages.load(schema_folder(), "en" if language == "en" else "id").sentence(problem)
    return f"{sentence.message} {sentence.remedy}"
