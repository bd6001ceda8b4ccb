"""What a revision can be, and in which of the four legal stages it then is (Perpres 39/2019, Pasal 18)."""

from __future__ import annotations

from enum import Enum

from ckanext.ntbsatudata.domain.curation.roles import EDITORS, Role


class Stage(Enum):
    """The four stages of Satu Data Indonesia."""

    PERENCANAAN = "perencanaan"
    PENGUMPULAN = "pengumpulan"
    PEMERIKSAAN = "pemeriksaan"
    PENYEBARLUASAN = "penyebarluasan"


class State(Enum):
    """The state of a revision. The value is the name kept in records; it never changes."""

    PLANNED = "planned"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    AWAITING_PEMBINA = "awaiting_pembina"
    APPROVED = "approved"
    PUBLISHED = "published"
    DISCARDED = "discarded"
    WITHDRAWN = "withdrawn"

    @property
    def stage(self) -> Stage:
        return _STAGES[self]

    @property
    def owners(self) -> frozenset[Role]:
        """Return the roles whose turn it is; nobody's in a state that is final."""
        return _OWNERS[self]

    @property
    def editable(self) -> bool:
        """Whether the content may change. What a reviewer looks at stands still."""
        return self in (State.DRAFT, State.RETURNED)

    @property
    def final(self) -> bool:
        return not self.owners

    @property
    def open(self) -> bool:
        """Whether work on it goes on, so that a second revision of the same dataset would collide with it."""
        return self not in (State.PUBLISHED, State.DISCARDED, State.WITHDRAWN)


_STAGES = {
    State.PLANNED: Stage.PERENCANAAN,
    State.DRAFT: Stage.PENGUMPULAN,
    State.RETURNED: Stage.PENGUMPULAN,
    State.DISCARDED: Stage.PENGUMPULAN,
    State.SUBMITTED: Stage.PEMERIKSAAN,
    State.IN_REVIEW: Stage.PEMERIKSAAN,
    State.AWAITING_PEMBINA: Stage.PEMERIKSAAN,
    State.APPROVED: Stage.PENYEBARLUASAN,
    State.PUBLISHED: Stage.PENYEBARLUASAN,
    State.WITHDRAWN: Stage.PENYEBARLUASAN,
}
_WALIDATA = frozenset({Role.WALIDATA})
_PRODUCERS = EDITORS - _WALIDATA  # a walidata may edit, but a draft is not a walidata's to finish
_OWNERS: dict[State, frozenset[Role]] = {
    State.PLANNED: _PRODUCERS,
    State.DRAFT: _PRODUCERS,
    State.RETURNED: _PRODUCERS,
    State.SUBMITTED: _WALIDATA,
    State.IN_REVIEW: _WALIDATA,
    State.AWAITING_PEMBINA: frozenset({Role.PEMBINA_DATA}),
    State.APPROVED: _WALIDATA,
    State.PUBLISHED: _WALIDATA,  # who may withdraw it
    State.DISCARDED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
