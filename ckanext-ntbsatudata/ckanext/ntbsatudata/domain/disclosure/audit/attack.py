"""audit(): everything an outsider may try on what is public, and the verdict.

A hidden cell gives way when an outsider can tell that it is small: its greatest value is below k (and it may be above 0), or
it is pinned to less room than a small cell must have while it may be one. A cell that can only be k or more, or only be 0,
tells of no person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import scipy.sparse as sp

from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.disclosure.audit.bounds import Contradiction, Flags, Floats, Ints, System, intervals, shuttle
from ckanext.ntbsatudata.domain.disclosure.audit.equations import Cell, Equations, write_down
from ckanext.ntbsatudata.domain.disclosure.audit.public_table import HIDDEN, NO_PART, PublicTable
from ckanext.ntbsatudata.domain.disclosure.audit.rates import rate_lines
from ckanext.ntbsatudata.domain.disclosure.audit.revisions import changed_sums, small_revisions

SAME = 1e-6


class Verdict(Enum):
    SAFE = "safe"
    UNSAFE = "unsafe"
    UNKNOWN = "unknown"

    @property
    def exit_code(self) -> int:
        return {"safe": 0, "unsafe": 1, "unknown": 2}[self.value]


class Attack(Enum):
    """What worked."""

    SMALL_CELL_SHOWN = "small-cell-shown"
    ARITHMETIC = "arithmetic"
    PROGRAMS = "linear-or-integer-programs"
    EARLIER_RELEASES = "earlier-releases"
    REVISION = "revision"
    REVISION_OF_A_SUM = "revision-of-a-sum"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True)
class Finding:
    """One attack that worked, the releases it used, and the cells it opened, which only the internal log may name."""

    attack: Attack
    releases: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Interval:
    cell: Cell
    low: float
    high: float


@dataclass(frozen=True)
class Result:
    verdict: Verdict
    intervals: tuple[Interval, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Current:
    """What the last release that held a cell says of it. `value` NaN where it is not shown; `hole` where it was hidden."""

    value: Floats
    hole: Flags


def audit(table: PublicTable, exact: bool = True) -> Result:
    """Attack the last release with the help of all earlier ones.

    `exact` false stops at the verdict: an interval is then only as tight as the verdict needs it.
    """
    if _of_things(table):
        return Result(Verdict.SAFE, (), ())
    releases = _related(table)
    releases, rates = _without_rates(table, releases)
    cells = [_cells(table, one) for one in releases]
    everything = [cell for one in cells for cell in one] + [cell for cell in table.others if "" not in cell]
    equations = write_down(table.dimensions, everything, table.with_innermost)
    numbers = [np.array([equations.number[cell] for cell in one], dtype=np.int64) for one in cells]
    matrix = _matrix(equations)
    current = _current(releases, numbers, len(equations.cells))
    threshold = table.policy.threshold or table.policy.minimum_contributors
    findings = list(_shown_small(equations, releases[-1], cells[-1], threshold))
    if threshold is not None:
        newest = releases[-1].release
        for attack, revised in (
            (Attack.REVISION, small_revisions(equations.cells, releases, numbers, threshold)),
            (Attack.REVISION_OF_A_SUM, changed_sums(equations.cells, matrix, releases, numbers, threshold)),
        ):
            findings += [Finding(attack, (earlier, newest), opened) for earlier, opened in revised]
    try:
        found, more = _pin_down(table, releases, numbers, equations, matrix, current, rates, threshold, exact)
    except Contradiction:
        finding = Finding(Attack.CONTRADICTION, tuple(one.release for one in releases), ())
        return Result(Verdict.UNSAFE if findings else Verdict.UNKNOWN, (), (*findings, finding))
    findings += more
    recovered = any(one.low == one.high and one.low > 0 for one in found)
    if findings or (threshold is None and recovered):
        verdict = Verdict.UNSAFE
    else:
        verdict = Verdict.UNKNOWN if threshold is None and found else Verdict.SAFE
    return Result(verdict, tuple(found), tuple(findings))


def _of_things(table: PublicTable) -> bool:
    """Tell whether every count may be known: with a threshold of 1 (things, not persons) no cell is small."""
    policy = table.policy
    return policy.threshold == 1 and policy.minimum_contributors is None and not policy.for_magnitudes


def gives_way(low: Floats, high: Floats, threshold: int, lowest: int) -> Flags:
    """Tell which intervals let an outsider say that a count is small."""
    may_be_small = (low < threshold) & (high > 0)
    return may_be_small & ((high < threshold) | ((low > lowest) & (high - low < threshold - lowest)))


def _pin_down(
    table: PublicTable,
    releases: Sequence[PublishedRelease],
    numbers: Sequence[Ints],
    equations: Equations,
    matrix: sp.csr_matrix,
    current: _Current,
    rates: Mapping[Cell, float],
    threshold: int | None,
    exact: bool,
) -> tuple[list[Interval], list[Finding]]:
    unknown = np.flatnonzero(np.isnan(current.value))
    if not len(unknown):
        return [], []
    lowest = table.policy.lowest
    least = np.where(current.hole[unknown], float(lowest), 0.0)
    values = current.value[~np.isnan(current.value)]
    whole = bool((values == np.round(values)).all()) and not table.policy.for_magnitudes
    base = _with_rates(_system(matrix, current.value, unknown, least, whole), table, rates, equations, current.value, unknown)
    enough_low = np.full(len(unknown), -np.inf if exact or threshold is None else float(lowest))
    enough_high = np.full(len(unknown), np.inf if exact or threshold is None else float(threshold))
    low, high = intervals(base, enough_low, enough_high)
    asked = current.hole[unknown]
    findings = []
    newest = (releases[-1].release,)
    if threshold is not None:
        by_hand = shuttle(base)
        simple = asked & gives_way(*by_hand, threshold, lowest)
        failed = asked & gives_way(low, high, threshold, lowest)
        for attack, cells in ((Attack.ARITHMETIC, simple), (Attack.PROGRAMS, failed & ~simple)):
            if cells.any():
                findings.append(Finding(attack, newest, tuple(equations.cells[at] for at in unknown[cells])))
    rows, right = _still_true(matrix, current, unknown, releases, numbers)
    if rows.shape[0]:
        joined = replace(base, rows=sp.vstack([base.rows, rows], format="csr"), right=np.concatenate([base.right, right]))
        low, high = _with_assumptions(base, joined, low, high, enough_low, enough_high)
        if threshold is not None:
            given_away = asked & gives_way(low, high, threshold, lowest) & ~failed
            if given_away.any():
                names = tuple(one.release for one in releases)
                findings.append(Finding(Attack.EARLIER_RELEASES, names, tuple(equations.cells[at] for at in unknown[given_away])))
    listed = [Interval(equations.cells[unknown[at]], float(low[at]), float(high[at])) for at in np.flatnonzero(asked)]
    return listed, findings


def _with_rates(
    base: System, table: PublicTable, rates: Mapping[Cell, float], equations: Equations, value: Floats, unknown: Ints
) -> System:
    if not rates:
        return base
    axis = [d.name for d in table.dimensions].index(str(table.measure))
    lines, limits = rate_lines(table.rates, axis, rates, equations.number, len(equations.cells))
    left = lines[:, unknown]
    some = np.flatnonzero(np.diff(left.indptr))
    return replace(base, slopes=left[some], limits=(limits - lines @ np.nan_to_num(value))[some])


def _without_rates(table: PublicTable, releases: Sequence[PublishedRelease]) -> tuple[list[PublishedRelease], dict[Cell, float]]:
    """Return the releases without their rates, and the rates the last one shows."""
    if not table.rates or table.measure is None:
        return list(releases), {}
    codes = {rate.code for rate in table.rates}
    kept = [one.without(table.measure, codes) for one in releases]
    newest = releases[-1]
    axis = [d.name for d in table.dimensions].index(table.measure)
    shown = {
        cell: value for cell, value in zip(_cells(table, newest), newest.values, strict=True) if cell[axis] in codes and value is not None
    }
    return kept, shown


def _with_assumptions(
    base: System, joined: System, low: Floats, high: Floats, enough_low: Floats, enough_high: Floats
) -> tuple[Floats, Floats]:
    """Return the intervals when nothing unseen has changed; where that contradicts itself, those of the last release alone."""
    try:
        return intervals(joined, enough_low, enough_high)
    except Contradiction:
        low, high = low.copy(), high.copy()
    component = joined.components()
    for one in np.unique(component):
        columns = np.flatnonzero(component == one)
        try:
            low[columns], high[columns] = intervals(joined.part(columns), enough_low[columns], enough_high[columns])
        except Contradiction:  # here something unseen did change: the earlier sums say nothing
            continue
    return low, high


def _system(matrix: sp.csr_matrix, value: Floats, unknown: Ints, least: Floats, whole: bool) -> System:
    known = np.where(np.isnan(value), 0.0, value)
    rows = matrix[:, unknown]
    right = -(matrix @ known)
    free = np.diff(rows.indptr) > 0
    if (np.abs(right[~free]) > SAME * (1 + np.abs(known).max(initial=0))).any():
        raise Contradiction()
    return System(rows[free], right[free], least, np.full(len(unknown), np.inf), whole)


def _still_true(
    matrix: sp.csr_matrix, current: _Current, unknown: Ints, releases: Sequence[PublishedRelease], numbers: Sequence[Ints]
) -> tuple[sp.csr_matrix, Floats]:
    """Return what earlier releases say of cells not shown now, if those cells have not changed since."""
    size = len(current.value)
    rows, right = [], []
    widths = np.diff(matrix.indptr)
    for release, at in zip(releases[:-1], numbers[:-1], strict=True):
        then = np.full(size, np.nan)
        then[at] = _values(release)
        held = np.zeros(size, dtype=bool)
        held[at] = True
        out = ~np.isnan(then) & np.isnan(current.value)
        if out.any():  # shown then, hidden now
            rows.append(sp.identity(size, format="csr")[np.flatnonzero(out)][:, unknown])
            right.append(then[out])
        whole = np.isclose(abs(matrix) @ held, widths)
        differs = held & (np.isnan(then) != np.isnan(current.value)) | (np.nan_to_num(then) != np.nan_to_num(current.value)) & held
        asked = np.flatnonzero(whole & ((abs(matrix) @ differs) > 0))
        if not len(asked):
            continue
        constant = np.where(np.isnan(then), np.nan_to_num(current.value), then)
        unseen = np.isnan(then) & np.isnan(current.value)
        lines = (matrix[asked] @ sp.diags(unseen.astype(float))).tocsr()
        lines.eliminate_zeros()
        some = np.flatnonzero(np.diff(lines.indptr))
        rows.append(lines[some][:, unknown])
        right.append(-(matrix[asked] @ np.where(unseen, 0.0, constant))[some])
    if not rows:
        return sp.csr_matrix((0, len(unknown))), np.zeros(0)
    return sp.vstack(rows, format="csr"), np.concatenate(right)


def _matrix(equations: Equations) -> sp.csr_matrix:
    rows = [at for at, one in enumerate(equations.all) for _ in range(len(one.members) + 1)]
    columns = [cell for one in equations.all for cell in (one.total, *one.members)]
    signs = [sign for one in equations.all for sign in (-1.0, *([1.0] * len(one.members)))]
    return sp.csr_matrix((signs, (rows, columns)), shape=(len(equations.all), len(equations.cells)))


def _cells(table: PublicTable, release: PublishedRelease) -> list[Cell]:
    return list(zip(*(release.codes[d.name] for d in table.dimensions), strict=True))


def _values(release: PublishedRelease) -> Floats:
    return np.array([np.nan if value is None else value for value in release.values], dtype=float)


def _current(releases: Sequence[PublishedRelease], numbers: Sequence[Ints], size: int) -> _Current:
    value, hole = np.full(size, np.nan), np.zeros(size, dtype=bool)
    for release, at in zip(releases, numbers, strict=True):
        value[at] = _values(release)
        hole[at] = [status == HIDDEN for status in release.statuses]
        value[at[[status in NO_PART for status in release.statuses]]] = 0.0
    return _Current(value, hole)


def _shown_small(equations: Equations, release: PublishedRelease, cells: Sequence[Cell], threshold: int | None) -> list[Finding]:
    if threshold is None:
        return []
    small = tuple(cell for cell, value in zip(cells, release.values, strict=True) if value is not None and 0 < value < threshold)
    return [Finding(Attack.SMALL_CELL_SHOWN, (release.release,), small)] if small else []


def _related(table: PublicTable) -> list[PublishedRelease]:
    """Return the releases cut down to the periods that sums tie to the release under audit."""
    if table.period is None:
        return list(table.releases)
    dimension = next(d for d in table.dimensions if d.name == table.period)
    public = {code for one in table.releases for code in one.codes[table.period]}
    reached = set(table.releases[-1].codes[table.period])
    while True:
        more = {
            code
            for one in dimension.sums
            if one.total in public and reached & {one.total, *one.members}
            for code in (one.total, *one.members)
        }
        if more <= reached:
            break
        reached |= more
    kept = []
    for one in table.releases:
        keep = [code in reached for code in one.codes[table.period]]
        if any(keep):
            kept.append(one.only(keep))
    return kept
