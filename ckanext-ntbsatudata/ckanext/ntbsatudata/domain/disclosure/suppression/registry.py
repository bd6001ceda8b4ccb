"""A registered table, made ready for protection: spec and cells to lattice, values, marks and weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ckanext.ntbsatudata.domain.aggregates.cell_files import CellRows
from ckanext.ntbsatudata.domain.aggregates.cells import CellValues, Floats, Records, add_up
from ckanext.ntbsatudata.domain.aggregates.crosses import carries_itself
from ckanext.ntbsatudata.domain.aggregates.dimension import Dimension
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.lattice import Cross, Flags, Lattice, build_lattice
from ckanext.ntbsatudata.domain.aggregates.period import kind_of, months_of
from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.aggregates.spec import AggregateSpec
from ckanext.ntbsatudata.domain.disclosure.primary import Marks, counts_threshold, small_counts, whole_groups
from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.disclosure.suppression.neutral import vintages_of
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import Table

STEP = 2.0  # a level up costs twice as much to lose
TOP = 1000.0  # the highest level goes last


@dataclass(frozen=True)
class _Frame:
    spec: AggregateSpec
    dimensions: tuple[Dimension, ...]
    lattice: Lattice


def spec_to_protect(
    spec: AggregateSpec, rows: CellRows, earlier: Sequence[PublishedRelease] = (), missing: Mapping[str, Collection[str]] | None = None
) -> Table:
    """Return the table of a spec, its cells and the earlier releases of its ledger.

    `missing`: by month, the regions whose extract has not come; what lies above them, or spans such a month, is incomplete.

    Raises `AggregateError` when totals and parts disagree, or when the ledger holds a sum over months that are not given now.
    """
    dimensions = spec.all_dimensions(rows.months)
    _check_sums_on_ledger(spec, dimensions[0], earlier)
    derived = {one.code for one in spec.derived}
    earlier = [one.without(dimensions[-1].name, derived) for one in earlier]
    frame = _Frame(spec, dimensions, _lattice(spec, dimensions, earlier))
    lattice = frame.lattice
    records = rows.records([dict(d.position) for d in dimensions])
    values = add_up(lattice, records, given=len(dimensions) - 1)
    return Table(
        spec.name,
        lattice,
        values,
        spec.policy,
        np.zeros(lattice.size, dtype=bool),
        vintages_of(lattice, dimensions, spec.period, earlier),
        _marks(frame, values),
        _statuses(frame, records, missing or {}),
        _heights(frame),
    )


def _lattice(spec: AggregateSpec, dimensions: tuple[Dimension, ...], earlier: Sequence[PublishedRelease]) -> Lattice:
    period, region, *others, measures = dimensions
    crosses = []
    for cross in spec.crosses:
        periods = tuple(code for code in period.codes if cross.periods is None or kind_of(code) in cross.periods)
        areas = tuple(code for level in cross.levels for code in region.at_level(level))
        parts = tuple(d.codes if d.name in cross.by else (str(d.total),) for d in others)
        shown = measures.codes if cross.measures is None else cross.measures
        parts_of = tuple(m.complement for m in spec.measures if m.code in shown and m.within in shown)
        crosses.append(Cross((periods, areas, *parts, tuple(dict.fromkeys((*shown, *parts_of))))))
    inner = [] if _carries_itself(spec) else [Cross(tuple(d.codes for d in dimensions))]
    places = [release.positions(dimensions, spec.period) for release in earlier]
    return build_lattice(dimensions, crosses, inner, [coordinates[belongs] for coordinates, belongs in places])


def _carries_itself(spec: AggregateSpec) -> bool:
    """Tell whether the crosses thin out with depth: then no innermost cell says more than the crosses do."""
    region = spec.dimensions[0]
    depth = {level: at for at, level in enumerate(dict.fromkeys(region.levels.values() if region.levels else ()))}
    by_depth: dict[int, set[frozenset[str]]] = {}
    for cross in spec.crosses:
        for level in cross.levels:
            by_depth.setdefault(depth[level], set()).add(cross.by | {spec.region})
    above: set[frozenset[str]] | None = None
    for _, here in sorted(by_depth.items()):
        if not carries_itself(here) or (above is not None and not all(any(one <= other for other in above) for one in here)):
            return False
        above = here
    return True


def _marks(frame: _Frame, values: CellValues) -> Marks:
    """Mark small counts, and for sensitive parts of a whole also `everybody has it` and `all but few have it`."""
    spec, lattice = frame.spec, frame.lattice
    threshold = counts_threshold(spec.policy)
    if threshold is None:
        return Marks(np.zeros(lattice.size, dtype=bool), np.zeros(lattice.size), np.zeros(lattice.size))
    measures = frame.dimensions[-1]
    marks = small_counts(values.values, threshold, spec.policy.lowest)
    at = lattice.coordinates[:, -1]
    open_complements = [measures.position[m.complement] for m in spec.measures if m.within is not None and not m.sensitive]
    quiet = np.isin(at, open_complements)
    marks = Marks(marks.cells & ~quiet, marks.low, marks.high)
    for measure in spec.measures:
        if measure.within is None or not measure.sensitive:
            continue
        part = np.flatnonzero(at == measures.position[measure.code])
        whole = lattice.coordinates[part].copy()
        whole[:, -1] = measures.position[measure.within]
        wholes = np.full(lattice.size, -1.0)
        found = lattice.find(whole)
        wholes[part[found >= 0]] = values.values[found[found >= 0]]
        marks = marks | whole_groups(values.values, wholes, threshold)
    return marks


def _statuses(frame: _Frame, records: Records, missing: Mapping[str, Collection[str]]) -> list[Status]:
    """Return `:` where no innermost area reported a measure, `n` where too few did or an area's extract has not come, else nothing.

    An area has reported a measure for a month when it has any record of it; a combination without a record then is zero.
    """
    period, region, *_, measures = frame.dimensions
    lattice = frame.lattice
    months = [period.leaves.index(code) if code in period.leaves else -1 for code in period.codes]
    areas = np.full(len(region.codes), -1, dtype=np.int64)
    areas[[region.position[code] for code in region.leaves]] = np.arange(len(region.leaves))
    reported = np.zeros((len(period.leaves), len(region.leaves), len(measures.codes)))
    month = np.array(months, dtype=np.int64)[records.coordinates[:, 0]]
    area = areas[records.coordinates[:, 1]]
    inner = (month >= 0) & (area >= 0)
    reported[month[inner], area[inner], records.coordinates[inner, -1]] = 1
    given = np.asarray(reported.any(axis=(0, 1)))
    if not inner.all():  # totals were handed in as they are: whoever did knows that they are whole
        return []
    share = np.zeros((len(period.codes), len(region.codes), len(measures.codes)))
    for at in np.flatnonzero(given):
        share[:, :, at] = (period.leaf_matrix @ reported[:, :, at]) @ region.leaf_matrix.T.toarray()
    size = np.outer(period.leaf_matrix.sum(axis=1), region.leaf_matrix.sum(axis=1))
    share /= size[:, :, None]
    share[:, :, _following(measures, given)] = 1
    at = lattice.coordinates
    mine = share[at[:, 0], at[:, 1], at[:, -1]]
    mine = np.where(_awaits(period, region, missing)[at[:, 0], at[:, 1]] & (mine > 0), -1.0, mine)
    least = frame.spec.minimum_reporting_percent / 100
    return [Status.NOT_AVAILABLE if s == 0 else Status.INCOMPLETE if s < least else Status.SHOWN for s in mine.tolist()]


def _awaits(period: Dimension, region: Dimension, missing: Mapping[str, Collection[str]]) -> Flags:
    """Return periods × areas, true where an extract has not come for a part. A table too coarse to tell the area waits as a whole."""
    absent = np.zeros((len(period.leaves), len(region.leaves)))
    for at, month in enumerate(period.leaves):
        for area in missing.get(month, ()):
            known = region.position.get(area)
            absent[at] += 1.0 if known is None else region.leaf_matrix[known].toarray()[0]
    return np.asarray((period.leaf_matrix @ absent) @ region.leaf_matrix.T.toarray() > 0)


def _following(measures: Dimension, given: Flags) -> Flags:
    """Return the measures without records of their own that follow from those that have them, through the sums among them."""
    known = given.copy()
    while True:
        before = int(known.sum())
        for one in measures.sums:
            parts = [measures.position[code] for code in (one.total, *one.members)]
            unknown = [at for at in parts if not known[at]]
            if len(unknown) == 1:
                known[unknown[0]] = True
        if int(known.sum()) == before:
            return np.asarray(known & ~given)


def _heights(frame: _Frame) -> Floats:
    """Return what a level makes of a hole's cost: twice as much for each step up, the highest level goes last."""
    region = frame.dimensions[1]
    if region.levels is None:
        return np.ones(frame.lattice.size)
    levels = list(dict.fromkeys(region.levels.values()))
    price = {level: STEP ** (len(levels) - 1 - at) for at, level in enumerate(levels)}
    price[levels[0]] = TOP
    by_code = np.array([price[region.levels[code]] for code in region.codes])
    return np.asarray(by_code[frame.lattice.coordinates[:, 1]])


def _check_sums_on_ledger(spec: AggregateSpec, period: Dimension, earlier: Sequence[PublishedRelease]) -> None:
    at_hand = set(period.leaves)
    for release in earlier:
        for code in set(release.codes[spec.period]) - set(period.codes):
            months = set(months_of(code))
            if len(months) > 1 and months & at_hand:
                raise AggregateError(
                    f"Rilis {release.release} sudah memuat {code}; berikan sel dari semua bulannya agar jumlah itu dapat diperhitungkan."
                )
