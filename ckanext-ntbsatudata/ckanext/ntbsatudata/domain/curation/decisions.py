"""A decision on a revision: made whole, or refused with everything that stands in its way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.curation.policies import RevisionFacts, check
from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.domain.curation.transitions import TRANSITIONS, Move, Transition
from ckanext.ntbsatudata.domain.problems import Problem


@dataclass(frozen=True)
class Decision:
    """A move that may be made: only `decide` makes one."""

    transition: Transition
    source: State
    target: State
    actor: str
    role: Role
    reason: str


@dataclass(frozen=True)
class Refusal:
    """A move that may not be made. `forbidden` when the person may never make it; else the time is not right."""

    problems: tuple[Problem, ...]
    forbidden: bool


def may(move: Move, roles: Iterable[Role]) -> bool:
    """Return whether one of the roles may ever make the move (permission)."""
    return not TRANSITIONS[move].roles.isdisjoint(roles)


def decide(move: Move, state: State, roles: Iterable[Role], facts: RevisionFacts, reason: str = "") -> Decision | Refusal:
    """Return the decision, or the refusal with all its problems. Permission is asked first, so that a refusal reveals no more."""
    transition = TRANSITIONS[move]
    held = transition.roles.intersection(roles)
    if not held:
        needed = ", ".join(sorted(role.value for role in transition.roles))
        return Refusal((Problem("move-not-permitted", values={"move": move.value, "roles": needed}),), forbidden=True)
    problems: list[Problem] = []
    if state not in transition.sources:
        sources = ", ".join(sorted(source.value for source in transition.sources))
        problems.append(Problem("move-not-possible", values={"move": move.value, "state": state.value, "sources": sources}))
    if state is State.AWAITING_PEMBINA and move is Move.RETURN and Role.PEMBINA_DATA not in held:
        problems.append(Problem("turn-of-pembina"))
    if transition.needs_reason and not reason.strip():
        problems.append(Problem("reason-missing", field="reason"))
    for policy in transition.policies:
        problems.extend(check(policy, facts))
    if problems:
        return Refusal(tuple(problems), forbidden=False)
    role = min(held, key=list(Role).index)
    return Decision(transition, state, transition.target_for(priority=facts.priority), facts.actor, role, reason.strip())


def possible_moves(state: State, roles: Iterable[Role]) -> list[Move]:
    """Return the moves a page may offer: permitted to the roles and leaving from the state; policies are asked when one is made."""
    held = frozenset(roles)
    return [move for move, transition in TRANSITIONS.items() if state in transition.sources and may(move, held)]
