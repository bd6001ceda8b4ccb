"""Policy asks *when*: may this move be made now? Permission, which asks *who*, stands with each transition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from ckanext.ntbsatudata.domain.problems import Problem


class Principle(Enum):
    """The four principles a walidata checks (Perpres 39/2019, Pasal 3)."""

    STANDAR_DATA = "standar_data"
    METADATA = "metadata"
    INTEROPERABILITAS_DATA = "interoperabilitas_data"
    KODE_REFERENSI = "kode_referensi"


class Policy(Enum):
    """A condition on the revision itself. The value is the code of the problem when it does not hold."""

    NOT_OWN_WORK = "own-work"
    OWN_WORK_ONLY = "not-own-work"
    NOT_THE_FIRST_REVIEWER = "first-reviewer"
    CHECKS_PASSED = "checks-failed"
    BASED_ON_LIVE_RELEASE = "newer-release"
    SAYS_WHAT_CHANGED = "changelog-missing"
    FOUR_PRINCIPLES_REVIEWED = "principle-not-reviewed"
    CONFIRMED_IF_PRIORITY = "pembina-missing"


@dataclass(frozen=True)
class RevisionFacts:
    """What the policies need to know of a revision and of who acts; nothing of the data themselves."""

    actor: str
    authors: frozenset[str]
    approver: str | None = None
    confirmer: str | None = None
    blocking_problems: int = 0
    base_release: int | None = None
    live_release: int | None = None
    changelog: str = ""
    priority: bool = False
    principles: Mapping[Principle, bool] = field(default_factory=dict)


def check(policy: Policy, facts: RevisionFacts) -> list[Problem]:
    """Return what stands in the way, all of it; an empty list when the policy holds."""
    return _CHECKS[policy](facts)


def _not_own_work(facts: RevisionFacts) -> list[Problem]:
    return [Problem("own-work")] if facts.actor in facts.authors else []


def _own_work_only(facts: RevisionFacts) -> list[Problem]:
    return [] if facts.actor in facts.authors else [Problem("not-own-work")]


def _not_the_first_reviewer(facts: RevisionFacts) -> list[Problem]:
    return [Problem("first-reviewer")] if facts.actor == facts.approver else []


def _checks_passed(facts: RevisionFacts) -> list[Problem]:
    return [Problem("checks-failed", values={"count": facts.blocking_problems})] if facts.blocking_problems else []


def _based_on_live_release(facts: RevisionFacts) -> list[Problem]:
    if facts.base_release == facts.live_release:
        return []
    return [Problem("newer-release", values={"base": facts.base_release or 0, "live": facts.live_release or 0})]


def _says_what_changed(facts: RevisionFacts) -> list[Problem]:
    return [] if facts.changelog.strip() or facts.base_release is None else [Problem("changelog-missing", field="changelog")]


def _four_principles_reviewed(facts: RevisionFacts) -> list[Problem]:
    return [
        Problem("principle-not-reviewed" if principle not in facts.principles else "principle-not-met", field=principle.value)
        for principle in Principle
        if not facts.principles.get(principle, False)
    ]


def _confirmed_if_priority(facts: RevisionFacts) -> list[Problem]:
    return [Problem("pembina-missing")] if facts.priority and facts.confirmer is None else []


_CHECKS: dict[Policy, Callable[[RevisionFacts], list[Problem]]] = {
    Policy.NOT_OWN_WORK: _not_own_work,
    Policy.OWN_WORK_ONLY: _own_work_only,
    Policy.NOT_THE_FIRST_REVIEWER: _not_the_first_reviewer,
    Policy.CHECKS_PASSED: _checks_passed,
    Policy.BASED_ON_LIVE_RELEASE: _based_on_live_release,
    Policy.SAYS_WHAT_CHANGED: _says_what_changed,
    Policy.FOUR_PRINCIPLES_REVIEWED: _four_principles_reviewed,
    Policy.CONFIRMED_IF_PRIORITY: _confirmed_if_priority,
}
