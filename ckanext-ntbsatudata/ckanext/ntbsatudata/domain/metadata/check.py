"""The check of one record against its form: every problem at once, each naming the field and the rule's source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ckanext.ntbsatudata.domain.metadata.form import Field, FieldType, Form, Obligation
from ckanext.ntbsatudata.domain.metadata.konsep import KonsepNames
from ckanext.ntbsatudata.domain.metadata.moments import is_period
from ckanext.ntbsatudata.domain.problems import Problem, Severity

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def check_record(form: Form, record: Mapping[str, Any], names: KonsepNames, today: date) -> list[Problem]:
    """Return all problems of a record, in the order of the form. `today` bounds the years."""
    problems = [
        Problem("metadata-unknown-field", field=name, severity=Severity.WARNING, values={"form": form.label})
        for name in record
        if name not in form.by_name
    ]
    for field in form.fields:
        if field.type is FieldType.SYSTEM:
            continue
        problems += _presence(form, field, record)
        value = record.get(field.name)
        if not field.is_empty(value):
            problems += _content(form, field, value, record, today)
            if field.concept:
                for name in value or ():
                    problems += names.check(name, field.name)
    return problems


def says_something(value: object) -> bool:
    """True when a value says more than «no» or «none»: an unasked question may be left at 0 or at no."""
    return value not in (None, "", "-", [], (), {}, False, 0)


def _problem(code: str, field: Field, **values: object) -> Problem:
    return Problem(code, field=field.name, values={"label": field.label, "source": field.source, **values})


def _presence(form: Form, field: Field, record: Mapping[str, Any]) -> Iterator[Problem]:
    value = record.get(field.name)
    if field.when is not None:
        condition = form.describe(field.when)
        if field.when.holds(record):
            if field.is_empty(value) and field.obligation is not Obligation.OPTIONAL:
                yield _problem("metadata-required-when", field, condition=condition)
        elif says_something(value):
            yield _problem("metadata-only-when", field, condition=condition)
    elif field.obligation is Obligation.MANDATORY and field.is_empty(value):
        yield _problem("metadata-missing", field)


def _content(form: Form, field: Field, value: Any, record: Mapping[str, Any], today: date) -> Iterator[Problem]:
    checks = {
        FieldType.TEXT: _text,
        FieldType.LONG_TEXT: _text,
        FieldType.INTEGER: _number,
        FieldType.YEAR: _number,
        FieldType.BOOLEAN: _boolean,
        FieldType.CHOICE: _choice,
        FieldType.FLAGS: _flags,
        FieldType.LIST: _list,
        FieldType.ROWS: _rows,
        FieldType.DAY: _dates,
        FieldType.PERIOD: _period,
        FieldType.DATES: _dates,
        FieldType.DATE_RANGES: _date_ranges,
    }
    check = checks.get(field.type)
    if check is not None:
        yield from check(form, field, value, record, today)


def _text(form: Form, field: Field, value: Any, record: Mapping[str, Any], today: date) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _problem("metadata-wrong-type", field, expected={"id": "teks", "en": "text"})
    elif len(value.strip()) < field.min_length:
        yield _problem("metadata-too-short", field, minimum=field.min_length, length=len(value.strip()))


def _number(form: Form, field: Field, value: Any, record: Mapping[str, Any], today: date) -> Iterator[Problem]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield _problem("metadata-wrong-type", field, expected={"id": "bilangan bulat", "en": "a whole number"})
        return
    highest = today.year if field.maximum == "this_year" else field.maximum
    if (field.minimum is not None and value < field.minimum) or (isinstance(highest, int) and value > highest):
        yield _problem("metadata-out-of-range", field, value=value, minimum=field.minimum, maximum=highest if highest is not None else "…")
    bound = record.get(field.at_most) if field.at_most else None
    if isinstance(bound, int) and value > bound:
        yield _problem("metadata-more-than", field, value=value, bound=bound, other=form.field(field.at_most).label)


def _boolean(form: Form, field: Field, value: Any, record: Mapping[str, Any], today: date) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield _problem("metadata-wrong-type", field, expected={"id": "Ya atau Tidak", "en": "Yes or No"})


def _choice(form: Form, field: Field, value: Any, record: Mapping[str, Any], today: date) -> Iterator[Problem]:
    option = field.option(value)
    if option is None:
        yield _unknown_option(field, value)
    elif option.when is not None and not option.when.holds(record):
        yield _problem("metadata-option-only-when", field, option=option.label, condition=form.describe(option.when))


def _flags(form: Form, field: Field, value: Any, record: Mapping[str, Any], today: date) -> Iterator[Problem]:
    if not isinstance(value, list | tuple):
        yield _problem("metadata-wrong-type", field, expected={"id": "daftar pilihan", "en": "a list of options"})
        return
    yield from (_unknown_option(field, one) for one in value if field.option(one) is None)


def _unknown_option(field: Field, value: object) -> Problem:
    return _problem("metadata-unknown-option", field, value=value, options=", ".join(option.value for option in field.options))


def _list(form: Form, field: Field, value: Any, record: Mapping[str, Any], today: date) -> Iterator[Problem]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        yield _problem("metadata-wrong-type", field, expected={"id": "daftar teks", "en": "a list of texts"})


def _rows(form: Form, field: Field, value: Any, record: Mapping[str, Any], today: date) -> Iterator[Problem]:
    if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
        yield _problem("metadata-wrong-type", field, expected={"id": "daftar baris", "en": "a list of rows"})
        return
    for number, row in enumerate(value, start=1):
        for column in field.columns:
            if not column.optional and row.get(column.name) in (None, ""):
                yield _problem("metadata-row-incomplete", field, number=number, column=column.label)


def _dates(form: Form, field: Field, value: Any, record: Mapping[str, Any], today: date) -> Iterator[Problem]:
    for one in value if isinstance(value, list | tuple) else [value]:
        if iso_date(one) is None:
            yield _problem("metadata-not-a-date", field, value=one)


def _period(form: Form, field: Field, value: Any, record: Mapping[str, Any], today: date) -> Iterator[Problem]:
    if not is_period(str(value)):
        yield _problem("metadata-not-a-period", field, value=value)


def _date_ranges(form: Form, field: Field, value: Any, record: Mapping[str, Any], today: date) -> Iterator[Problem]:
    for span in value if isinstance(value, list | tuple) else [value]:
        ends = [span.get(end) for end in ("awal", "akhir")] if isinstance(span, Mapping) else [span]
        if any(end in (None, "") for end in ends):
            yield _problem("metadata-missing", field)
            continue
        dates = [iso_date(end) for end in ends]
        yield from (_problem("metadata-not-a-date", field, value=end) for end, read in zip(ends, dates, strict=True) if read is None)
        if len(dates) == 2 and dates[0] and dates[1] and dates[0] > dates[1]:
            yield _problem("metadata-dates-reversed", field, start=ends[0], end=ends[1])


def iso_date(value: object) -> date | None:
    """Return the date of `YYYY-MM-DD`, or None when it is anything else."""
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
