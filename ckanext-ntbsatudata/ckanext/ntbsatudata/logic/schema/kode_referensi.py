"""What the actions on kode referensi take."""

from __future__ import annotations

from datetime import date
from typing import Any

from ckan.plugins import toolkit
from ckan.types import Schema

MOST_NAMES = 5000
MOST_CODES = 50_000
LONGEST_TEXT = 200


def day(value: Any) -> date:
    """Return a date of the form YYYY-MM-DD. Raises `Invalid`."""
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise toolkit.Invalid(toolkit._("Write dates as YYYY-MM-DD.")) from error


def texts(most: int) -> Any:
    """Return a validator for a list of at most `most` texts."""

    def validate(value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise toolkit.Invalid(toolkit._("This must be a list of texts."))
        if len(value) > most:
            raise toolkit.Invalid(toolkit._("At most {most} at a time.").format(most=most))
        if any(len(one) > LONGEST_TEXT for one in value):
            raise toolkit.Invalid(toolkit._("A text may have at most {most} letters.").format(most=LONGEST_TEXT))
        return value

    return validate


@toolkit.validator_args
def edition(not_empty: Any, ignore_missing: Any, unicode_safe: Any) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "version": [ignore_missing, unicode_safe],
        "date": [ignore_missing, day],
        "level": [ignore_missing, unicode_safe],
        "within": [ignore_missing, unicode_safe],
    }


@toolkit.validator_args
def resolve(not_empty: Any, ignore_missing: Any, unicode_safe: Any) -> Schema:
    return {
        "code": [not_empty, unicode_safe],
        "list": [ignore_missing, unicode_safe],
        "at": [ignore_missing, day],
        "version": [ignore_missing, unicode_safe],
        "from_version": [ignore_missing, unicode_safe],
    }


@toolkit.validator_args
def differences(not_empty: Any, unicode_safe: Any) -> Schema:
    return {"id": [not_empty, unicode_safe], "old": [not_empty, unicode_safe], "new": [not_empty, unicode_safe]}


@toolkit.validator_args
def match(not_empty: Any, ignore_missing: Any, unicode_safe: Any) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "names": [not_empty, texts(MOST_NAMES)],
        "version": [ignore_missing, unicode_safe],
        "level": [ignore_missing, unicode_safe],
        "within": [ignore_missing, unicode_safe],
    }


@toolkit.validator_args
def rebase(not_empty: Any, ignore_missing: Any, unicode_safe: Any) -> Schema:
    return {
        "id": [not_empty, unicode_safe],
        "codes": [not_empty, texts(MOST_CODES)],
        "from_version": [not_empty, unicode_safe],
        "to_version": [ignore_missing, unicode_safe],
    }
