"""Whatever a form can hold: it goes to INDAH and back, to text and back, and the check never fails to speak."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.ntbsatudata.domain.metadata.answers import read_answer, write_answer
from ckanext.ntbsatudata.domain.metadata.check import check_record
from ckanext.ntbsatudata.domain.metadata.form import FieldType, Kind
from ckanext.ntbsatudata.domain.metadata.indah import read_payload, write_payload
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

STANDARD = Standard.of(SchemaFolder())
MESSAGES = [Messages.load(SchemaFolder(), language) for language in ("id", "en")]
KINDS = (Kind.MSKEG, Kind.MSIND, Kind.MSVAR)
DAYS = st.integers(0, 4000).map(lambda days: (date(2019, 1, 1) + timedelta(days=days)).isoformat())
# What a line of a form can hold: no line ends, none of the marks that part a list or a row, no outer blanks.
LINES = st.text(st.characters(blacklist_categories=("C", "Z"), blacklist_characters="|;\n/"), min_size=1, max_size=20)


def answers(field):
    if field.type is FieldType.INTEGER:
        return st.integers(1, 9999)
    if field.type is FieldType.YEAR:
        return st.integers(2019, 2026)
    if field.type is FieldType.BOOLEAN:
        return st.booleans()
    if field.type is FieldType.CHOICE:
        return st.sampled_from([option.value for option in field.options])
    if field.type is FieldType.FLAGS:
        return st.lists(st.sampled_from([option.value for option in field.options]), min_size=1, unique=True).map(
            lambda chosen: [option.value for option in field.options if option.value in chosen]
        )
    if field.type is FieldType.LIST:
        return st.lists(LINES, min_size=1, max_size=3)
    if field.type is FieldType.DATES:
        return st.lists(DAYS, min_size=1, max_size=3)
    if field.type is FieldType.DATE_RANGES:
        return st.lists(st.builds(lambda a, b: {"awal": a, "akhir": b}, DAYS, DAYS), min_size=1, max_size=2)
    if field.type is FieldType.ROWS:
        return st.lists(st.fixed_dictionaries({column.name: LINES for column in field.columns}), min_size=1, max_size=2)
    return LINES


def records(kind):
    fields = [field for field in STANDARD.forms[kind].fields if field.type is not FieldType.SYSTEM]
    return st.fixed_dictionaries({}, optional={field.name: answers(field) for field in fields})


ANY = st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), records(kind)))


@settings(max_examples=60, deadline=None)
@given(ANY)
def test_a_record_goes_to_indah_and_back(drawn):
    kind, record = drawn
    form = STANDARD.forms[kind]
    carried = {name: value for name, value in record.items() if form.field(name).indah}
    payload = write_payload(form, record)
    read = read_payload(form, payload)
    assert read.problems == ()
    said = {
        name: value
        for name, value in read.values.items()
        if name != "apakah_mendapat_rekomendasi" and value not in ([], False) or name in carried
    }
    said.pop("apakah_mendapat_rekomendasi", None)
    carried = {name: value for name, value in carried.items() if value is not False or name in said}
    assert said == carried
    assert write_payload(form, read.values, base=payload) == payload


@settings(max_examples=60, deadline=None)
@given(ANY)
def test_an_answer_that_is_shown_and_typed_again_is_the_same(drawn):
    kind, record = drawn
    for name, value in record.items():
        field = STANDARD.forms[kind].field(name)
        assert read_answer(field, write_answer(field, value)) == value


@settings(max_examples=60, deadline=None)
@given(ANY)
def test_every_problem_of_any_record_has_its_sentence(drawn):
    kind, record = drawn
    for problem in check_record(STANDARD.forms[kind], record, STANDARD.names, date(2026, 11, 24)):
        for messages in MESSAGES:
            sentence = messages.sentence(problem)
            assert sentence.message and sentence.remedy
