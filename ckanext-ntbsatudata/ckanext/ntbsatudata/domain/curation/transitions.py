"""The ways between the states, as data: who may take them, when, what must be said, who hears of it and what is written down.

The diagram of `docs/reference/curation.md` and the matrix of permissions in the tests are made from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ckanext.ntbsatudata.domain.curation.policies import Policy
from ckanext.ntbsatudata.domain.curation.roles import EDITORS, Role
from ckanext.ntbsatudata.domain.curation.states import State


class Move(Enum):
    """What one can do with a revision; the action is `ntbsatudata_revision_<value>`."""

    START = "start"
    SUBMIT = "submit"
    RECALL = "recall"
    DISCARD = "discard"
    TAKE = "take"
    RETURN = "return"
    APPROVE = "approve"
    CONFIRM = "confirm"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Transition:
    """One way. `to_if_priority` is where data prioritas go instead, to their second check."""

    move: Move
    sources: frozenset[State]
    target: State
    roles: frozenset[Role]
    policies: tuple[Policy, ...]
    needs_reason: bool
    notifies: frozenset[Role]
    event: str
    to_if_priority: State | None = None

    def target_for(self, *, priority: bool) -> State:
        return self.to_if_priority if priority and self.to_if_priority is not None else self.target


_PRODUCERS = frozenset({Role.PRODUSEN_DATA, Role.WALIDATA_PENDUKUNG, Role.PROGRAMME_OPERATOR})
_WALIDATA = frozenset({Role.WALIDATA})
_PEMBINA = frozenset({Role.PEMBINA_DATA})
_NOBODY: frozenset[Role] = frozenset()

TRANSITIONS: dict[Move, Transition] = {
    transition.move: transition
    for transition in (
        Transition(Move.START, frozenset({State.PLANNED}), State.DRAFT, EDITORS, (), False, _NOBODY, "revision_started"),
        Transition(
            Move.SUBMIT,
            frozenset({State.DRAFT, State.RETURNED}),
            State.SUBMITTED,
            EDITORS,
            (Policy.CHECKS_PASSED, Policy.BASED_ON_LIVE_RELEASE, Policy.SAYS_WHAT_CHANGED),
            False,
            _WALIDATA,
            "revision_submitted",
        ),
        Transition(
            Move.RECALL, frozenset({State.SUBMITTED}), State.DRAFT, EDITORS, (Policy.OWN_WORK_ONLY,), False, _WALIDATA, "revision_recalled"
        ),
        Transition(
            Move.DISCARD,
            frozenset({State.PLANNED, State.DRAFT, State.RETURNED}),
            State.DISCARDED,
            EDITORS,
            (),
            True,
            _NOBODY,
            "revision_discarded",
        ),
        Transition(
            Move.TAKE, frozenset({State.SUBMITTED}), State.IN_REVIEW, _WALIDATA, (Policy.NOT_OWN_WORK,), False, _PRODUCERS, "review_taken"
        ),
        Transition(
            Move.RETURN,
            frozenset({State.SUBMITTED, State.IN_REVIEW, State.AWAITING_PEMBINA, State.APPROVED}),
            State.RETURNED,
            _WALIDATA | _PEMBINA,
            (),
            True,
            _PRODUCERS,
            "revision_returned",
        ),
        Transition(
            Move.APPROVE,
            frozenset({State.SUBMITTED, State.IN_REVIEW}),
            State.APPROVED,
            _WALIDATA,
            (Policy.NOT_OWN_WORK, Policy.CHECKS_PASSED, Policy.FOUR_PRINCIPLES_REVIEWED, Policy.BASED_ON_LIVE_RELEASE),
            True,
            _PRODUCERS,
            "revision_approved",
            to_if_priority=State.AWAITING_PEMBINA,
        ),
        Transition(
            Move.CONFIRM,
            frozenset({State.AWAITING_PEMBINA}),
            State.APPROVED,
            _PEMBINA,
            (Policy.NOT_OWN_WORK, Policy.NOT_THE_FIRST_REVIEWER),
            True,
            _WALIDATA | _PRODUCERS,
            "revision_confirmed",
        ),
        Transition(
            Move.PUBLISH,
            frozenset({State.APPROVED}),
            State.PUBLISHED,
            _WALIDATA,
            (Policy.CHECKS_PASSED, Policy.CONFIRMED_IF_PRIORITY, Policy.BASED_ON_LIVE_RELEASE),
            False,
            _PRODUCERS,
            "release_published",
        ),
        Transition(Move.WITHDRAW, frozenset({State.PUBLISHED}), State.WITHDRAWN, _WALIDATA, (), True, _PRODUCERS, "release_withdrawn"),
    )
}
