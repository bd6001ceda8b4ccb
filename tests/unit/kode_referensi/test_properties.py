"""What holds for any value and for every code, not only for the ones we thought of."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.ntbsatudata.domain.kode_referensi import CodeBinding, CodeCheck, CodeList, CodeLists, Crosswalk, NameIndex, resolve
from ckanext.ntbsatudata.domain.kode_referensi.crosswalk import Relation
from ckanext.ntbsatudata.domain.kode_referensi.reconciliation import answer
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

LISTS = CodeLists.load(SchemaFolder())
CHECK = CodeCheck.of(LISTS, CodeBinding.parse("wilayah-kemendagri"))
INDEX = NameIndex.of(LISTS.get("wilayah-kemendagri"))
MESSAGES = Messages.load(SchemaFolder())
cells = st.text(max_size=40) | st.from_regex(r"\d{1,16}(\.\d{1,4}){0,3}", fullmatch=True)


@settings(max_examples=150, deadline=None)
@given(cells)
def test_any_cell_is_a_code_or_a_problem_with_a_sentence_that_repeats_no_long_number(cell: str) -> None:
    problem = CHECK.problem(cell, row=1, field="kode")
    if problem is None:
        assert cell in CHECK.edition
        return
    line = MESSAGES.line(problem)
    assert not [number for number in re.findall(r"\d{11,}", cell) if number in line]


@settings(max_examples=150, deadline=None)
@given(cells)
def test_any_name_is_answered_with_candidates_in_order(name: str) -> None:
    scores = [candidate.score for candidate in INDEX.match(name).candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(60 <= score <= 100 for score in scores)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=5), st.dictionaries(st.sampled_from(["query", "type", "properties"]), st.text(max_size=10)), max_size=3
    )
)
def test_any_batch_of_openrefine_gets_an_answer_for_each_key(batch: dict[str, dict[str, str]]) -> None:
    assert answer(LISTS.get("kbli"), batch).keys() == batch.keys()


def test_every_code_of_every_version_resolves_to_codes_of_today_or_is_said_to_be_gone(kemendagri: CodeList) -> None:
    today = kemendagri.edition()
    for version in kemendagri.versions:
        for item in kemendagri.edition(version.id):
            resolution = resolve(kemendagri, item.code, from_version=version.id)
            assert resolution.items
            assert all(now.code in today for now in resolution.items)


def test_every_code_of_today_goes_back_and_forth_to_itself_when_it_existed(kemendagri: CodeList) -> None:
    for item in kemendagri.edition():
        back = resolve(kemendagri, item.code, to_version="137/2017", from_version="2430/2025").items
        for old in back:
            forth = resolve(kemendagri, old.code, from_version="137/2017").items
            assert item.code in {now.code for now in forth}


def test_every_pair_of_the_bridge_is_one_to_one_there_and_back(bps_to_kemendagri: Crosswalk) -> None:
    back = bps_to_kemendagri.reversed()
    for source, target in bps_to_kemendagri.pairs:
        crossing = bps_to_kemendagri.cross(source)
        assert (crossing.relation, crossing.targets, back.cross(target).targets) == (Relation.ONE_TO_ONE, (target,), (source,))


def test_every_official_name_finds_its_own_code(kemendagri: CodeList) -> None:
    for item in kemendagri.edition():
        found = INDEX.match(item.name, level=item.level, limit=10).candidates
        assert item.code in {candidate.item.code for candidate in found if candidate.score == 100}
