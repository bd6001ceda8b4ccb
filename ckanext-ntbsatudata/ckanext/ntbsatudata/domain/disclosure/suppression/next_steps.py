"""What a walidata can do when a table cannot go public as registered: other registries, each with what it would hide.

Nothing is changed here; a registry changes from a date on, by decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ckanext.ntbsatudata.domain.aggregates.cell_files import CellRows
from ckanext.ntbsatudata.domain.aggregates.neutral_form import NeutralTable
from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.aggregates.spec import AggregateSpec
from ckanext.ntbsatudata.domain.disclosure.errors import CannotProtect
from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.disclosure.suppression.neutral import neutral_to_protect
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import Table, protect, without_limit
from ckanext.ntbsatudata.domain.disclosure.suppression.registry import spec_to_protect

ROUNDING = "pembulatan basis 5 (Profil B), sebagai pengganti dan bukan di samping tabel pasti"


def steps_of_spec(spec: AggregateSpec, rows: CellRows, earlier: Sequence[PublishedRelease], secret: bytes) -> list[str]:
    """Return one sentence for each coarser registry: dimensions merged away, the deepest level left out."""
    steps = [_cost(name, spec_to_protect(changed, rows, earlier), secret) for name, changed in _coarser(spec)]
    return steps if earlier else [*steps, ROUNDING]


def steps_of_neutral(neutral: NeutralTable, earlier: Sequence[PublishedRelease], secret: bytes) -> list[str]:
    """Return one sentence for each dimension that has a total and can be left out."""
    steps = []
    for dimension in neutral.dimensions:
        fewer = tuple(dict.fromkeys(cross - {dimension.name} for cross in neutral.crosses))
        if dimension.total is not None and all(fewer):
            changed = replace(neutral, crosses=fewer, must_publish=())
            steps.append(_cost(f"tanpa {dimension.name}", neutral_to_protect(changed, earlier), secret))
    return steps if earlier or neutral.releases else [*steps, ROUNDING]


def _coarser(spec: AggregateSpec) -> Iterator[tuple[str, AggregateSpec]]:
    for dimension in spec.dimensions[1:]:
        if any(dimension.name in cross.by for cross in spec.crosses):
            yield f"tanpa {dimension.name}", replace(spec, crosses=tuple(replace(c, by=c.by - {dimension.name}) for c in spec.crosses))
    levels = [level for cross in spec.crosses for level in cross.levels]
    if len(set(levels)) > 1:
        kept = (replace(c, levels=tuple(level for level in c.levels if level != levels[-1])) for c in spec.crosses)
        yield f"tanpa tingkat {levels[-1]}", replace(spec, crosses=tuple(c for c in kept if c.levels))


def _cost(name: str, table: Table, secret: bytes) -> str:
    try:
        protected = protect(without_limit(table), secret)
    except CannotProtect:
        return f"{name}: juga tidak dapat dilindungi"
    hidden = protected.count()[Status.HIDDEN]
    return f"{name}: {hidden} dari {len(protected.statuses)} sel dirahasiakan ({100 * hidden / len(protected.statuses):.1f} %)"
