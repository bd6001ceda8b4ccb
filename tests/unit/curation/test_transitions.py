"""The table of states and moves has no dead end, no ownerless state and no way around the second pair of eyes."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.curation.diagram import diagram
from ckanext.ntbsatudata.domain.curation.policies import Policy
from ckanext.ntbsatudata.domain.curation.roles import EDITORS, Role
from ckanext.ntbsatudata.domain.curation.states import Stage, State
from ckanext.ntbsatudata.domain.curation.transitions import TRANSITIONS, Move
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder


@pytest.mark.parametrize("state", [state for state in State if not state.final])
def test_each_state_has_an_owner_who_has_a_way_out(state: State) -> None:
    ways = [transition for transition in TRANSITIONS.values() if state in transition.sources and transition.roles & state.owners]
    assert ways, f"{state.value}: none of {sorted(role.value for role in state.owners)} can leave it"


@pytest.mark.parametrize("state", [state for state in State if state.final])
def test_a_final_state_has_no_way_out(state: State) -> None:
    assert [transition.move for transition in TRANSITIONS.values() if state in transition.sources] == []


def test_every_state_can_be_reached_from_planning() -> None:
    reached, grown = {State.PLANNED}, True
    while grown:
        ways = [t for t in TRANSITIONS.values() if t.sources & reached]
        new = {t.target for t in ways} | {t.to_if_priority for t in ways if t.to_if_priority}
        grown = not new <= reached
        reached |= new
    assert reached == set(State)


def test_all_four_legal_stages_have_states() -> None:
    assert {state.stage for state in State} == set(Stage)


def test_there_is_a_transition_for_each_move() -> None:
    assert set(TRANSITIONS) == set(Move)


def test_nothing_is_published_that_was_not_approved() -> None:
    assert TRANSITIONS[Move.PUBLISH].sources == {State.APPROVED}
    into_approved = {
        transition.move for transition in TRANSITIONS.values() if State.APPROVED in (transition.target, transition.to_if_priority)
    }
    assert into_approved == {Move.APPROVE, Move.CONFIRM}
    for move in into_approved:
        assert Policy.NOT_OWN_WORK in TRANSITIONS[move].policies


def test_produsen_data_decide_nothing_about_their_own_publication() -> None:
    for move in (Move.TAKE, Move.APPROVE, Move.CONFIRM, Move.PUBLISH, Move.WITHDRAW):
        assert Role.PRODUSEN_DATA not in TRANSITIONS[move].roles


def test_the_operator_of_the_machine_and_the_public_make_no_move() -> None:
    for transition in TRANSITIONS.values():
        assert not transition.roles & {Role.SYSTEM_OPERATOR, Role.PUBLIC}


def test_what_refuses_or_ends_something_needs_a_reason() -> None:
    assert {move for move, transition in TRANSITIONS.items() if transition.needs_reason} == {
        Move.DISCARD, Move.RETURN, Move.APPROVE, Move.CONFIRM, Move.WITHDRAW,
    }  # fmt: skip


def test_what_a_reviewer_looks_at_stands_still() -> None:
    assert {state for state in State if state.editable} == {State.DRAFT, State.RETURNED}
    assert all(state.owners <= EDITORS for state in State if state.editable)


def test_each_policy_has_its_sentence() -> None:
    messages = Messages.load(SchemaFolder(), "id")
    assert {policy.value for policy in Policy} <= set(messages.sentences)


def test_every_role_says_what_it_is() -> None:
    assert all(role.description for role in Role)


def test_the_diagram_names_every_state_and_every_move() -> None:
    text = diagram()
    for word in [state.value for state in State] + [move.value for move in Move]:
        assert word in text
