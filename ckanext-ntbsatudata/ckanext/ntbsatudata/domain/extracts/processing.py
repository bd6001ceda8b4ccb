"""From the files of an extract to protected and audited tables. Nothing here is kept: whoever asked drafts first, and then stores the cells."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from ckanext.ntbsatudata.domain.aggregates.cube import BaseCells, cell_rows, cube, months_to_release
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.period import MONTH
from ckanext.ntbsatudata.domain.aggregates.spec import AggregateSpec, load_spec
from ckanext.ntbsatudata.domain.disclosure.audit.attack import Verdict
from ckanext.ntbsatudata.domain.disclosure.audit.attack import audit as attack
from ckanext.ntbsatudata.domain.disclosure.audit.public_table import spec_to_audit
from ckanext.ntbsatudata.domain.disclosure.errors import CannotProtect
from ckanext.ntbsatudata.domain.disclosure.ledger import Ledger
from ckanext.ntbsatudata.domain.disclosure.protected_table import ProtectedTable, Status
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import protect
from ckanext.ntbsatudata.domain.disclosure.suppression.registry import spec_to_protect
from ckanext.ntbsatudata.domain.errors import SatuDataError, UsageError
from ckanext.ntbsatudata.domain.extracts.base_month import BaseMonth, BaseStore
from ckanext.ntbsatudata.domain.extracts.profile import load_profiles
from ckanext.ntbsatudata.domain.extracts.quarantine import Quarantine
from ckanext.ntbsatudata.domain.extracts.reading import ReadExtract, open_database, read_extract
from ckanext.ntbsatudata.domain.extracts.source import AggregateSource, Extract, Prepared
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.publication.release_folder import as_published
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder


class Stage(Enum):
    """How far a run is; the value is what the record keeps."""

    READING = "reading"
    PREPARING = "preparing"
    COUNTING = "counting"
    PROTECTING = "protecting"
    AUDITING = "auditing"
    DRAFTING = "drafting"


class CountsDisagree(SatuDataError):
    """A programme lost or invented rows: a fault of its code, never of the file."""

    exit_code = 70


@dataclass(frozen=True)
class Asked:
    """What a run is asked to do. `say` hears of each stage as it begins."""

    source: AggregateSource
    period: str
    files: Sequence[Path]
    operator_tables: Mapping[str, Path] = field(default_factory=dict)
    say: Callable[[Stage], None] = lambda stage: None

    def __post_init__(self) -> None:
        if not re.fullmatch(MONTH, self.period):
            raise UsageError("Periode harus berbentuk 2025-03.")
        if not self.files:
            raise UsageError("Sebutkan sedikitnya satu berkas ekstrak.")


@dataclass(frozen=True)
class TableResult:
    """What became of one table: `protected` where it may be drafted, else `held` says why. `fingerprint` changes with cells and rules."""

    spec: AggregateSpec
    months: tuple[str, ...]
    fingerprint: str
    protected: ProtectedTable | None = None
    held: str | None = None

    @property
    def counts(self) -> dict[str, int]:
        """The published cells, hidden ones among them; no more than the release itself tells."""
        found = self.protected.count() if self.protected else {}
        return {"cells": sum(found.values()), "hidden": found.get(Status.HIDDEN, 0)}


@dataclass(frozen=True)
class Processed:
    """What a run has made: `month` must be stored only after the tables were drafted."""

    read: ReadExtract
    prepared: Prepared
    month: BaseMonth
    tables: tuple[TableResult, ...]
    versions: Mapping[str, str]


def schemas_of(source: AggregateSource, base: SchemaFolder) -> SchemaFolder:
    """Return the schemas in force for a programme: its own folder below the operator's, above the installed ones."""
    return base if source.schemas is None else SchemaFolder((*base.layers[:-1], source.schemas, base.layers[-1]))


def specs_of(source: AggregateSource, schemas: SchemaFolder, lists: CodeLists) -> dict[str, AggregateSpec]:
    """Return the registered tables of a programme by name."""
    specs = [load_spec(schemas.file(path), lists) for path in schemas.names(f"aggregates/{source.name}", ".yaml")]
    return {spec.name: spec for spec in specs}


def process(asked: Asked, base: SchemaFolder, quarantine: Quarantine, ledger: Ledger, workspace: Path) -> Processed:
    """Return the protected, audited tables of an extract together with the month's base cells.

    Raises `ExtractRefused` for files that cannot be used, `AggregateError` for rows that do not fit the registered tables. A table that cannot be
    protected, or does not pass its audit, is held and stops no other.
    """
    source = asked.source
    schemas = schemas_of(source, base)
    lists = CodeLists.load(schemas)
    specs, profiles = specs_of(source, schemas, lists), load_profiles(schemas, source.name)
    with open_database(workspace) as connection:
        asked.say(Stage.READING)
        read = read_extract(connection, profiles, asked.files, workspace)
        asked.say(Stage.PREPARING)
        prepared = source.prepare(Extract(connection, read.tables, asked.period, lists, asked.operator_tables))
        if prepared.used + prepared.rejected + prepared.duplicates + prepared.outside_period != read.rows:
            raise CountsDisagree("Jumlah baris terpakai, ditolak, ganda dan di luar periode tidak sama dengan jumlah baris yang dibaca.")
        asked.say(Stage.COUNTING)
        if strangers := set(prepared.records) - set(specs):
            raise AggregateError(f"Program {source.name} menyiapkan tabel yang tidak terdaftar: {', '.join(sorted(strangers))}.")
        cells = {name: cube(connection, specs[name], table, asked.period) for name, table in prepared.records.items()}
    store = BaseStore(quarantine, source.name)
    month = store.load(asked.period)
    if prepared.completeness.present:
        month = month.replaced(prepared.completeness, specs, cells)
    rules = _digest([schemas.file(path) for path in schemas.names(f"aggregates/{source.name}", ".yaml")])
    known = {at: store.load(at) for at in store.months()} | {asked.period: month}
    maker = _Maker(quarantine, ledger, known, rules, asked)
    tables = tuple(maker.made(specs[name]) for name in specs if name in month.tables)
    versions = {f"profile:{profile.name}": profile.version for profile in profiles if profile.name in read.tables}
    versions |= {f"table:{name}": spec.version for name, spec in specs.items()} | {"registry": rules[:16]}
    versions |= {"code-lists": _digest([schemas.file(path) for path in schemas.names("kode_referensi", ".csv")])[:16]}
    return Processed(read, prepared, month, tables, versions)


@dataclass(frozen=True)
class _Maker:
    quarantine: Quarantine
    ledger: Ledger
    months: Mapping[str, BaseMonth]
    rules: str
    asked: Asked

    def made(self, spec: AggregateSpec) -> TableResult:
        period = self.asked.period
        at_hand = [month for month, content in self.months.items() if spec.name in content.tables]
        months = months_to_release(spec, period, at_hand)
        cells = {month: self.months[month].tables[spec.name] for month in months}
        missing = {month: self.months[month].missing for month in months}
        fingerprint = self._fingerprint(spec, cells, missing)
        self.asked.say(Stage.PROTECTING)
        earlier = self.ledger.releases(spec.name)
        try:
            table = spec_to_protect(spec, cell_rows(spec, cells), earlier, missing)
            protected = protect(table, self.quarantine.secret("ties"))
        except (CannotProtect, AggregateError) as error:
            return TableResult(spec, months, fingerprint, held=str(error))
        if not len(protected.cells):
            return TableResult(spec, months, fingerprint, held="Belum ada periode yang lengkap bulannya; tabel ini menunggu.")
        self.asked.say(Stage.AUDITING)
        release = as_published(protected, period, spec.derived)
        result = attack(spec_to_audit(spec, [*earlier, release]))
        if result.verdict is not Verdict.SAFE:
            return TableResult(
                spec,
                months,
                fingerprint,
                held="Audit menahan tabel ini: sedikitnya satu sel dapat diturunkan, atau tidak dapat dipastikan.",
            )
        return TableResult(spec, months, fingerprint, protected)

    def _fingerprint(self, spec: AggregateSpec, cells: Mapping[str, BaseCells], missing: Mapping[str, frozenset[str]]) -> str:
        """Return a keyed hash of cells and rules: without the key nobody can try out small tables until one fits."""
        content = BaseMonth(tables={f"{month}": one for month, one in cells.items()}).as_bytes()
        waiting = "|".join(f"{month}:{','.join(sorted(areas))}" for month, areas in sorted(missing.items()))
        text = f"{spec.name}|{self.rules}|{waiting}|".encode() + hashlib.sha256(content).digest()
        return hmac.digest(self.quarantine.secret("fingerprint"), text, "sha256").hex()


def _digest(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()
