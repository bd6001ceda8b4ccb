"""What stops protection or audit."""

from __future__ import annotations

from collections.abc import Sequence

from ckanext.ntbsatudata.domain.errors import SatuDataError


class SolverError(SatuDataError):
    """A linear or integer program that must have an answer has none."""

    exit_code = 70

    def __init__(self, reason: str) -> None:
        super().__init__(f"Program linear tidak terjawab: {reason}")


class CannotProtect(SatuDataError):
    """The registered crosses cannot be published safely; `steps` are the costed ways on."""

    exit_code = 1

    def __init__(self, reason: str, steps: Sequence[str] = ()) -> None:
        self.reason = reason
        self.steps = tuple(steps)
        super().__init__("\n".join([reason, *(f"  - {step}" for step in self.steps)]))
