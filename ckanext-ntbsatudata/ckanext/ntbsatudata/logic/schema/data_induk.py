"""What the actions on data induk take."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Schema

MOST_RECORDS = 1000


def identifiers(value: Any) -> dict[str, str]:
    """Return an object of texts. Raises `Invalid`."""
    if not isinstance(value, dict) or not all(isinstance(one, str) for pair in value.items() for one in pair):
        raise toolkit.Invalid(toolkit._("This must be an object of texts."))
    return value


@toolkit.validator_args
def show(not_empty: Any, ignore_missing: Any, unicode_safe: Any, default: Any, natural_number_validator: Any) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "q": [ignore_missing, unicode_safe],
        "region": [ignore_missing, unicode_safe],
        "limit": [default(100), natural_number_validator],
        "offset": [default(0), natural_number_validator],
    }


@toolkit.validator_args
def record(not_empty: Any, unicode_safe: Any) -> Schema:
    return {"id": [not_empty, unicode_safe], "record": [not_empty, unicode_safe]}


@toolkit.validator_args
def match(not_empty: Any, ignore_missing: Any, unicode_safe: Any) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "name": [not_empty, unicode_safe],
        "region": [ignore_missing, unicode_safe],
        "identifiers": [ignore_missing, identifiers],
    }


@toolkit.validator_args
def of_set(not_empty: Any, unicode_safe: Any) -> Schema:
    return {"id": [not_empty, unicode_safe]}


@toolkit.validator_args
def merge(not_empty: Any, unicode_safe: Any) -> Schema:
    text = [not_empty, unicode_safe]
    return {"id": text, "kept": text, "dropped": text, "reason": text}
