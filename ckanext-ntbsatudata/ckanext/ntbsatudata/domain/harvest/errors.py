"""What ends the reading of a source. What it harvested before stays as it is."""

from __future__ import annotations

from ckanext.ntbsatudata.domain.errors import SatuDataError
from ckanext.ntbsatudata.domain.problems import Problem


class UnreadableFeedError(SatuDataError):
    """A document that is no catalogue; `problem` says why and where."""

    exit_code = 65

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem
