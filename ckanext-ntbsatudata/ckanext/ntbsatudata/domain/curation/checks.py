"""The automatic checks that come before people, and which of them a problem belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ckanext.ntbsatudata.domain.problems import Problem


class AutomaticCheck(Enum):
    """What is looked at, in the order of the page. The value is the name in the API; it never changes."""

    METADATA = "metadata"
    TABLE_AND_CODES = "table_and_codes"
    PERSONAL_DATA = "personal_data"
    FORMAT = "format"
    LINKS = "links"


@dataclass(frozen=True)
class CheckResult:
    """What one check found. `pending` when it still runs: then it blocks, since nothing is known yet."""

    check: AutomaticCheck
    problems: tuple[Problem, ...] = ()
    pending: bool = False

    @property
    def blocking(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity.blocks)

    @property
    def passed(self) -> bool:
        return not self.pending and not self.blocking


PERSONAL_CODES = frozenset(
    {
        "identity-column", "person-name-column", "address-column", "nik-pattern", "phone-pattern", "email-pattern", "plate-pattern",
        "text-personal",
    }
)  # fmt: skip
FORMAT_CODES = frozenset(
    {"format-differs", "unsupported-format", "empty-file", "broken-workbook", "encrypted-workbook", "workbook-too-large", "file-gone"}
)


def check_of_file(problem: Problem) -> AutomaticCheck:
    """Return the check that a problem found in a file belongs to."""
    if problem.code in PERSONAL_CODES:
        return AutomaticCheck.PERSONAL_DATA
    return AutomaticCheck.FORMAT if problem.code in FORMAT_CODES else AutomaticCheck.TABLE_AND_CODES


def blocking_problems(results: Sequence[CheckResult]) -> list[Problem]:
    """Return what stands in the way of a submission; a check that still runs is one of them."""
    problems = [problem for result in results for problem in result.blocking]
    return problems + [Problem("check-under-way", values={"check": result.check.value}) for result in results if result.pending]
