"""The sums an outsider can write down from the public description of a table: codes, hierarchies, groupings."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ckanext.ntbsatudata.domain.aggregates.dimension import Dimension

Cell = tuple[str, ...]


@dataclass(frozen=True)
class Equation:
    """The cell numbered `total` is the sum of those numbered `members`."""

    total: int
    members: tuple[int, ...]


@dataclass(frozen=True)
class Equations:
    cells: tuple[Cell, ...]
    number: dict[Cell, int]
    all: tuple[Equation, ...]


def write_down(dimensions: Sequence[Dimension], cells: Iterable[Cell], with_innermost: bool) -> Equations:
    """Return every sum whose cells are all there; `with_innermost` adds the cells of all codes, whether public or not."""
    listed = list(dict.fromkeys(cells))
    if with_innermost:
        listed = list(dict.fromkeys([*listed, *itertools.product(*(_own_codes(d) for d in dimensions))]))
    number = {cell: at for at, cell in enumerate(listed)}
    found = []
    for axis, dimension in enumerate(dimensions):
        if not dimension.sums:
            continue
        lines: dict[Cell, dict[str, int]] = {}
        for at, cell in enumerate(listed):
            lines.setdefault(cell[:axis] + cell[axis + 1 :], {})[cell[axis]] = at
        for line in lines.values():
            for one in dimension.sums:
                if one.total in line and all(member in line for member in one.members):
                    found.append(Equation(line[one.total], tuple(line[member] for member in one.members)))
    return Equations(tuple(listed), number, tuple(found))


def innermost_matter(crosses: Sequence[frozenset[str]]) -> bool:
    """Tell whether the public crosses may say more about the innermost cells than their own sums do.

    One largest cross, or two, never do; with three or more, the innermost cells are taken in.
    """
    largest = [one for one in set(crosses) if not any(one < other for other in crosses)]
    return len(largest) > 2


def _own_codes(dimension: Dimension) -> tuple[str, ...]:
    inside = {member for one in dimension.sums for member in one.members}
    groups = {one.total for one in dimension.sums if one.total not in inside and one.total != dimension.total}
    return tuple(code for code in dimension.codes if code not in groups)
