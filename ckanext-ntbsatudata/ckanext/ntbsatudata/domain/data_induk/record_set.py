"""Data induk: the one list of the objects that all tables speak of, who keeps it, and which records were found to be one.

Source: Perpres 39/2019 Pasal 1 and 10 (data induk as shared master data, kept by a named agency).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from ckanext.ntbsatudata.domain.errors import NotFoundError, SatuDataError


class UnknownRecordError(NotFoundError):
    """A set has no such record."""


class InvalidMergeError(SatuDataError):
    """Two records cannot be merged so."""

    exit_code = 65


@dataclass(frozen=True)
class Identifier:
    """A number or code by which others know the object: NPSN, kode puskesmas."""

    id: str
    label: str
    pattern: re.Pattern[str]
    issuer: str = ""


@dataclass(frozen=True)
class Attribute:
    """One field of a record; `code_list` binds it to a kode referensi (`list@version#level`)."""

    id: str
    label: str
    code_list: str | None = None
    required: bool = False


@dataclass(frozen=True)
class Record:
    """One object. `id` is ours and is never given to another."""

    id: str
    name: str
    updated: date
    identifiers: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Merge:
    """The decision that two records are one object: `dropped` lives on as `kept`."""

    kept: str
    dropped: str
    reason: str
    decided_on: date
    decided_by: str  # an office or a user name of the portal


@dataclass(frozen=True, eq=False)
class RecordSet:
    """One set of master data with its shape, its keeper, its records and the trail of merges."""

    id: str
    title: Mapping[str, str]  # by language
    owner: str
    legal_basis: str
    verified: bool
    updated: date
    source: str
    identifiers: tuple[Identifier, ...]
    attributes: tuple[Attribute, ...]
    records: tuple[Record, ...]
    merges: tuple[Merge, ...] = ()
    description: str = ""
    note: str = ""
    region: str | None = None  # the attribute that says where an object lies; only objects of one place are compared
    words: Mapping[str, str] = field(default_factory=dict)  # how words of names are written out: sdn, sd negeri

    @cached_property
    def current(self) -> tuple[Record, ...]:
        """The records in force: merged ones are gone, and the kept ones have what only the dropped knew."""
        dropped: dict[str, list[Record]] = {}
        for record in self.records:
            if record.id in self._kept_of:
                dropped.setdefault(self._kept_of[record.id], []).append(record)
        return tuple(self._completed(record, dropped.get(record.id, [])) for record in self.records if record.id not in self._kept_of)

    def record(self, record_id: str) -> Record:
        """Return the record in force for an id, following the trail of merges. Raises `UnknownRecordError`."""
        record = self._by_id.get(self._kept_of.get(record_id, record_id))
        if record is not None:
            return record
        raise UnknownRecordError(f'Tidak ada "{record_id}" dalam data induk {self.id}.')

    def trail(self, record_id: str) -> list[Merge]:
        """Return the merges that led into a record, oldest first."""
        return [merge for merge in self.merges if self._kept_of[merge.dropped] == record_id]

    def merged(self, merges: Iterable[Merge]) -> RecordSet:
        """Return the set with further merges. Raises `InvalidMergeError` when one is not possible."""
        known = {record.id for record in self.records}
        whole = list(self.merges)
        for merge in merges:
            gone = {earlier.dropped for earlier in whole}
            if merge.kept == merge.dropped or not {merge.kept, merge.dropped} <= known:
                raise InvalidMergeError(f'"{merge.dropped}" dan "{merge.kept}" harus dua catatan yang ada dalam data induk {self.id}.')
            if merge.dropped in gone or merge.kept in gone:
                raise InvalidMergeError(f'"{merge.dropped}" atau "{merge.kept}" sudah digabungkan sebelumnya; pakai catatan yang berlaku.')
            if not merge.reason.strip():
                raise InvalidMergeError("Penggabungan harus punya alasan.")
            whole.append(merge)
        return dataclasses.replace(self, merges=tuple(whole))

    @cached_property
    def _by_id(self) -> Mapping[str, Record]:
        return {record.id: record for record in self.current}

    @cached_property
    def _kept_of(self) -> Mapping[str, str]:
        direct = {merge.dropped: merge.kept for merge in self.merges}
        last = {}
        for dropped in direct:
            kept = direct[dropped]
            while kept in direct:
                kept = direct[kept]
            last[dropped] = kept
        return last

    def _completed(self, record: Record, dropped: list[Record]) -> Record:
        if not dropped:
            return record
        identifiers, values = dict(record.identifiers), dict(record.values)
        for other in dropped:
            identifiers = {**other.identifiers, **identifiers}
            values = {**other.values, **values}
        updated = max([record.updated, *(merge.decided_on for merge in self.trail(record.id))])
        return dataclasses.replace(record, identifiers=identifiers, values=values, updated=updated)
