"""The ledger as a table of the portal: every release of every protected table, appended and never changed.

An entry is appended in the transaction that makes its release public, so that neither is ever there without the other.
A waiting release lies beside it until then: what was protected, against which entry of the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone

import ckan.model as model
import ckan.plugins.toolkit as toolkit
from sqlalchemy import BigInteger, Column, DateTime, Identity, Text, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import declarative_base

from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.disclosure.ledger import START, LedgerError, entry_of, follows, release_of, written

_CHAIN, _RUN = 5203_0009, 5203_0010  # advisory locks: one entry after the other; one run from reading the ledger to its draft

_HELD: ContextVar[bool] = ContextVar("ntbsatudata_ledger_held", default=False)


class LedgerEntry(declarative_base()):  # type: ignore[misc]  # a base of its own: what empties CKAN's tables shall not try this one
    """One release as it went public. No two entries follow the same one, so the chain cannot fork."""

    __tablename__ = "ntbsatudata_ledger"

    ordinal = Column(BigInteger, Identity(always=True), primary_key=True)
    table_name = Column(Text, nullable=False, index=True)
    release = Column(Text, nullable=False)
    content = Column(Text, nullable=False)  # text, not JSON: the hash stands for these very characters
    previous = Column(Text, nullable=False, unique=True)
    hash = Column(Text, nullable=False, unique=True)
    at = Column(DateTime(timezone=True), nullable=False)


class WaitingRelease(toolkit.BaseModel):
    """The protected cells of a revision that is not public yet. `based_on`: the table's newest entry when they were protected."""

    __tablename__ = "ntbsatudata_waiting_release"

    revision_id = Column(Text, primary_key=True)
    table_name = Column(Text, nullable=False)
    based_on = Column(Text, nullable=False)
    content = Column(Text, nullable=False)
    files = Column(JSONB, nullable=False)  # file name: SHA-256


class PortalLedger:
    """The `Ledger` of a portal, in the session's transaction."""

    @contextmanager
    def locked(self) -> Iterator[PortalLedger]:
        """Keep all other runs out, from reading what is public until the draft of the new release is there.

        Whoever holds it already in this thread, as a run that asks for its draft, goes on.
        """
        if _HELD.get():
            yield self
            return
        with model.Session.get_bind().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _RUN})
            token = _HELD.set(True)
            try:
                yield self
            finally:
                _HELD.reset(token)
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _RUN})

    def releases(self, table: str) -> list[PublishedRelease]:
        """Return the releases of one table, oldest first. Raises `LedgerError` when the chain of hashes is broken."""
        self.head()
        query = select(LedgerEntry).where(LedgerEntry.table_name == table).order_by(LedgerEntry.ordinal)
        return [self._read(entry) for entry in model.Session.scalars(query)]

    def newest(self, table: str) -> str:
        """Return the hash of a table's newest entry; the start of the chain where it has none."""
        query = select(LedgerEntry.hash).where(LedgerEntry.table_name == table).order_by(LedgerEntry.ordinal.desc()).limit(1)
        return model.Session.scalar(query) or START

    def append(self, release: PublishedRelease) -> str:
        """Add an entry to the session's transaction; a release just like the table's last one adds nothing.

        Returns the hash that stands for the whole ledger. Whoever appends commits it with what makes the release public.
        """
        model.Session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN})
        head = self.head()
        last = model.Session.scalar(select(LedgerEntry).where(LedgerEntry.hash == self.newest(release.table)))
        if last is not None and self._read(last).same_cells(release):
            return head
        content = entry_of(release, head)
        entry = LedgerEntry(
            table_name=release.table, release=release.release, content=written(content), previous=head, hash=content["hash"],
            at=datetime.now(timezone.utc),
        )  # fmt: skip
        model.Session.add(entry)
        model.Session.flush()
        return str(entry.hash)

    def hold_back(self, revision_id: str, release: PublishedRelease, based_on: str, files: Mapping[str, str]) -> None:
        """Keep a protected release beside the ledger until revision `revision_id` is published; a later one takes its place.

        `based_on`: what `newest` said when the table was protected. `files`: SHA-256 of each file by its name.
        """
        kept = WaitingRelease(
            revision_id=revision_id, table_name=release.table, based_on=based_on, content=written(entry_of(release, START)), files=dict(files)
        )  # fmt: skip
        model.Session.merge(kept)

    def go_public(self, revision_id: str, files: Mapping[str, str]) -> bool:
        """Put the release that waits for a revision on the ledger, in the session's transaction. False when none waits.

        Raises `LedgerError` when the files of the revision are not those that were protected, or when another release of the
        table went public meanwhile.
        """
        waiting = model.Session.get(WaitingRelease, revision_id)
        if waiting is None:
            return False
        if dict(waiting.files) != dict(files):
            raise LedgerError("Berkas revisi ini bukan berkas yang dilindungi; jalankan ulang pengolahan ekstraknya.")
        if self.newest(waiting.table_name) != waiting.based_on:
            raise LedgerError("Rilis lain dari tabel ini telah terbit sejak revisi ini dilindungi; jalankan ulang pengolahan ekstraknya.")
        self.append(release_of(json.loads(waiting.content)))
        model.Session.delete(waiting)
        return True

    def waits(self, revision_id: str) -> PublishedRelease | None:
        """Return the release that waits for a revision."""
        waiting = model.Session.get(WaitingRelease, revision_id)
        return release_of(json.loads(waiting.content)) if waiting else None

    def head(self) -> str:
        """Return the hash that stands for the whole ledger. Raises `LedgerError` when the chain is broken."""
        last = START
        for ordinal, previous, digest in model.Session.execute(
            select(LedgerEntry.ordinal, LedgerEntry.previous, LedgerEntry.hash).order_by(LedgerEntry.ordinal)
        ):
            if previous != last:
                raise LedgerError(f"Buku rilis entri {ordinal} tidak menyambung entri sebelumnya: rantai hash tidak cocok.")
            last = digest
        return last

    @staticmethod
    def _read(entry: LedgerEntry) -> PublishedRelease:
        try:
            content = json.loads(entry.content)
            whole = content["hash"] == entry.hash and content["table"] == entry.table_name and follows(content, entry.previous)
        except (ValueError, KeyError, TypeError) as error:
            raise LedgerError(f"Buku rilis entri {entry.ordinal} tidak dapat dibaca.") from error
        if not whole:
            raise LedgerError(f"Buku rilis entri {entry.ordinal} telah berubah: hash tidak cocok.")
        return release_of(content)
