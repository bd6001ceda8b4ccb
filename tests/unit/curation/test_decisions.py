"""A decision is made whole, or refused with everything that stands in its way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ckanext.ntbsatudata.domain.curation.decisions import Decision, Refusal, decide, possible_moves
from ckanext.ntbsatudata.domain.curation.policies import Principle, RevisionFacts
from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.curation.transitions import Move
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

ALL_MET = dict.fromkeys(Principle, True)
READY = RevisionFacts(
    actor="wati", authors=frozenset({"budi"}), base_release=1, live_release=1, changelog="Tambah 2025.", principles=ALL_MET
)
WALIDATA = {Role.WALIDATA}


def codes(outcome: Decision | Refusal) -> list[str]:
    assert isinstance(outcome, Refusal)
    return [problem.code for problem in outcome.problems]


def test_a_walidata_approves_the_work_of_another() -> None:
    outcome = decide(Move.APPROVE, State.IN_REVIEW, WALIDATA, READY, "Sesuai.")
    assert isinstance(outcome, Decision)
    assert (outcome.source, outcome.target, outcome.role, outcome.reason) == (State.IN_REVIEW, State.APPROVED, Role.WALIDATA, "Sesuai.")


def test_nobody_approves_their_own_work() -> None:
    outcome = decide(Move.APPROVE, State.IN_REVIEW, WALIDATA, replace(READY, actor="budi"), "Sesuai.")
    assert codes(outcome) == ["own-work"]
    line = Messages.load(SchemaFolder(), "id").line(outcome.problems[0])
    assert line == "Anda ikut menyusun revisi ini, jadi tidak dapat memeriksanya. Minta walidata lain memeriksanya."


def test_data_prioritas_go_to_the_pembina_before_they_are_approved() -> None:
    outcome = decide(Move.APPROVE, State.IN_REVIEW, WALIDATA, replace(READY, priority=True), "Sesuai.")
    assert isinstance(outcome, Decision)
    assert outcome.target is State.AWAITING_PEMBINA


def test_data_prioritas_without_the_pembina_are_not_published_even_if_approved() -> None:
    assert codes(decide(Move.PUBLISH, State.APPROVED, WALIDATA, replace(READY, priority=True))) == ["pembina-missing"]


def test_the_pembina_must_be_somebody_else_than_the_first_reviewer() -> None:
    facts = replace(READY, priority=True, approver="wati")
    assert codes(decide(Move.CONFIRM, State.AWAITING_PEMBINA, {Role.PEMBINA_DATA}, facts, "Sesuai.")) == ["first-reviewer"]


def test_while_the_pembina_checks_the_walidata_cannot_return_it() -> None:
    assert codes(decide(Move.RETURN, State.AWAITING_PEMBINA, WALIDATA, READY, "Salah.")) == ["turn-of-pembina"]
    assert isinstance(decide(Move.RETURN, State.AWAITING_PEMBINA, {Role.PEMBINA_DATA}, READY, "Salah."), Decision)


def test_a_produsen_data_who_tries_to_approve_hears_who_may_and_nothing_else() -> None:
    outcome = decide(Move.APPROVE, State.IN_REVIEW, {Role.PRODUSEN_DATA}, replace(READY, actor="budi", blocking_problems=3))
    assert codes(outcome) == ["move-not-permitted"]
    assert outcome.forbidden
    assert "Yang boleh: walidata." in Messages.load(SchemaFolder(), "id").line(outcome.problems[0])


def test_all_that_stands_in_the_way_is_said_at_once() -> None:
    facts = RevisionFacts(actor="budi", authors=frozenset({"budi"}), blocking_problems=2, base_release=1, live_release=2)
    assert codes(decide(Move.APPROVE, State.DRAFT, WALIDATA, facts)) == [
        "move-not-possible", "reason-missing", "own-work", "checks-failed",
        "principle-not-reviewed", "principle-not-reviewed", "principle-not-reviewed", "principle-not-reviewed", "newer-release",
    ]  # fmt: skip


def test_one_principle_judged_as_not_met_blocks_and_is_named() -> None:
    facts = replace(READY, principles={**ALL_MET, Principle.KODE_REFERENSI: False})
    outcome = decide(Move.APPROVE, State.IN_REVIEW, WALIDATA, facts, "Sesuai.")
    assert codes(outcome) == ["principle-not-met"]
    assert outcome.problems[0].field == "kode_referensi"


def test_a_return_without_a_reason_is_refused() -> None:
    assert codes(decide(Move.RETURN, State.IN_REVIEW, WALIDATA, READY, "  ")) == ["reason-missing"]


def test_a_first_publication_needs_no_word_on_what_changed() -> None:
    facts = replace(READY, actor="budi", base_release=None, live_release=None, changelog="")
    assert isinstance(decide(Move.SUBMIT, State.DRAFT, {Role.PRODUSEN_DATA}, facts), Decision)
    later = replace(facts, base_release=1, live_release=1)
    assert codes(decide(Move.SUBMIT, State.DRAFT, {Role.PRODUSEN_DATA}, later)) == ["changelog-missing"]


@pytest.mark.parametrize("move", list(Move))
@pytest.mark.parametrize("state", [state for state in State if state.final])
def test_a_final_state_allows_nothing_to_anybody(move: Move, state: State) -> None:
    assert isinstance(decide(move, state, set(Role), replace(READY, confirmer="pem"), "alasan"), Refusal)


def test_a_page_offers_only_what_the_role_may_do_here() -> None:
    assert possible_moves(State.SUBMITTED, WALIDATA) == [Move.RECALL, Move.TAKE, Move.RETURN, Move.APPROVE]
    assert possible_moves(State.SUBMITTED, {Role.PRODUSEN_DATA}) == [Move.RECALL]
    assert possible_moves(State.SUBMITTED, {Role.PUBLIC}) == []
