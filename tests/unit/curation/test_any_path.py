"""Whatever anybody tries in whatever order: nobody passes their own work, and no revision leaves the known states."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as some

from ckanext.ntbsatudata.domain.curation.decisions import Decision, decide
from ckanext.ntbsatudata.domain.curation.policies import Principle, RevisionFacts
from ckanext.ntbsatudata.domain.curation.roles import EDITORS, Role
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.curation.transitions import TRANSITIONS, Move

PEOPLE = ("ani", "budi", "citra", "dedi")
attempts = some.tuples(some.sampled_from(Move), some.sampled_from(PEOPLE), some.booleans())
roles = some.fixed_dictionaries({name: some.frozensets(some.sampled_from(Role)) for name in PEOPLE})


@dataclass
class Work:
    """A revision as the portal would keep it, told step by step what was decided."""

    priority: bool
    state: State = State.PLANNED
    authors: set[str] = field(default_factory=set)
    approver: str | None = None
    confirmer: str | None = None
    approved_by: list[tuple[str, frozenset[str]]] = field(default_factory=list)

    def facts(self, actor: str, *, sound: bool) -> RevisionFacts:
        return RevisionFacts(
            actor, frozenset(self.authors), self.approver, self.confirmer, 0 if sound else 1, None, None, "", self.priority,
            dict.fromkeys(Principle, True),
        )  # fmt: skip

    def take(self, decision: Decision) -> None:
        self.state = decision.target
        move = decision.transition.move
        if move in (Move.APPROVE, Move.CONFIRM):
            self.approved_by.append((decision.actor, frozenset(self.authors)))
        if move is Move.APPROVE:
            self.approver = decision.actor
        if move is Move.CONFIRM:
            self.confirmer = decision.actor
        if move in (Move.RETURN, Move.RECALL):
            self.approver = self.confirmer = None
            self.approved_by.clear()


@given(roles=roles, steps=some.lists(attempts, max_size=60), priority=some.booleans())
@settings(max_examples=400, deadline=None)
def test_no_sequence_of_attempts_publishes_what_was_not_checked_by_others(
    roles: dict[str, frozenset[Role]], steps: list[tuple[Move, str, bool]], priority: bool
) -> None:
    work = Work(priority)
    for move, actor, sound in steps:
        if work.state.editable and EDITORS & roles[actor]:
            work.authors.add(actor)  # whoever may write does, before trying to decide
        outcome = decide(move, work.state, roles[actor], work.facts(actor, sound=sound), "alasan")
        if not isinstance(outcome, Decision):
            continue
        assert outcome.target in State
        assert outcome.role in roles[actor] & TRANSITIONS[move].roles
        if move is Move.PUBLISH:
            assert sound
            assert work.approved_by, "published without an approval"
            assert all(name not in authors for name, authors in work.approved_by)
            reviewers = {name for name, _authors in work.approved_by}
            assert len(reviewers) >= (2 if priority else 1)
        work.take(outcome)


@given(roles=roles, steps=some.lists(attempts, max_size=60))
@settings(max_examples=200, deadline=None)
def test_what_is_withdrawn_or_discarded_stays_so(roles: dict[str, frozenset[Role]], steps: list[tuple[Move, str, bool]]) -> None:
    for final in (state for state in State if state.final):
        work = Work(priority=False, state=final)
        for move, actor, sound in steps:
            assert not isinstance(decide(move, work.state, roles[actor], work.facts(actor, sound=sound), "alasan"), Decision)
