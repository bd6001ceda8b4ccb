"""A dimension: the codes a cell may carry, and every published way in which one code is the sum of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError

ALL = "_T"  # SDMX: the total of a dimension that has no total code of its own


@dataclass(frozen=True)
class Sum:
    """`total` is the sum of `members`, whatever the other dimensions say."""

    total: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Dimension:
    """Codes in the order given, and the sums among them: a hierarchy, and any further grouping (a link).

    `total` is the code that stands for all, where there is one; `levels` gives the level of each code of a hierarchy.
    `unpublished` codes take part in the sums and are never shown (the complement of a subset measure).
    """

    name: str
    codes: tuple[str, ...]
    sums: tuple[Sum, ...] = ()
    total: str | None = None
    levels: Mapping[str, str] | None = None
    unpublished: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        known = set(self.codes)
        if len(known) != len(self.codes):
            raise AggregateError(f"Dimensi {self.name}: ada kode yang berulang.")
        for one in self.sums:
            strangers = [code for code in (one.total, *one.members) if code not in known]
            if strangers:
                raise AggregateError(f"Dimensi {self.name}: jumlah {one.total} menyebut kode yang tidak ada ({len(strangers)} kode).")
            if len(set(one.members)) != len(one.members) or one.total in one.members or not one.members:
                raise AggregateError(f"Dimensi {self.name}: anggota jumlah {one.total} kosong, berulang, atau memuat dirinya sendiri.")
        _ = self.leaf_matrix  # a circle among the sums is found here

    @classmethod
    def from_parents(cls, name: str, pairs: Iterable[tuple[str, str | None]], levels: Mapping[str, str] | None = None) -> Dimension:
        """Return the dimension of a tree given as (code, parent); parent None marks a total."""
        listed = list(pairs)
        children: dict[str, list[str]] = {}
        for code, parent in listed:
            if parent is not None:
                children.setdefault(parent, []).append(code)
        roots = [code for code, parent in listed if parent is None]
        sums = tuple(Sum(total, tuple(members)) for total, members in children.items())
        return cls(name, tuple(code for code, _ in listed), sums, roots[0] if len(roots) == 1 else None, levels)

    def with_groups(self, groups: Iterable[Sum]) -> Dimension:
        """Return the dimension with further sums, whose totals become codes: puskesmas areas, quarters, overlapping bands."""
        listed = tuple(groups)
        new = tuple(dict.fromkeys(one.total for one in listed if one.total not in self.codes))
        return replace(self, codes=self.codes + new, sums=self.sums + listed)

    def with_total(self) -> Dimension:
        """Return the dimension with one code that stands for all; `_T` is added over several roots, before any group is."""
        if self.total is not None:
            return self
        inside = {member for one in self.sums for member in one.members}
        roots = tuple(code for code in self.codes if code not in inside)
        return replace(self.with_groups([Sum(ALL, roots)]), total=ALL)

    @cached_property
    def position(self) -> Mapping[str, int]:
        return {code: at for at, code in enumerate(self.codes)}

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        totals = {one.total for one in self.sums}
        return tuple(code for code in self.codes if code not in totals)

    @cached_property
    def leaf_matrix(self) -> sp.csr_matrix:
        """codes × leaves, 1 where the leaf is part of the code. Raises `AggregateError` when the sums go in a circle."""
        leaf_at = {code: at for at, code in enumerate(self.leaves)}
        first: dict[str, tuple[str, ...]] = {}
        for one in self.sums:
            first.setdefault(one.total, one.members)
        found: dict[str, frozenset[int]] = {code: frozenset([at]) for code, at in leaf_at.items()}
        for start in self.codes:
            stack = [start]
            under_way: set[str] = set()
            while stack:
                code = stack[-1]
                if code in found:
                    stack.pop()
                    continue
                waiting = [member for member in first[code] if member not in found]
                if not waiting:
                    found[code] = frozenset().union(*(found[member] for member in first[code]))
                    stack.pop()
                elif code in under_way:
                    raise AggregateError(f"Dimensi {self.name}: kode {code} menjadi bagian dari dirinya sendiri.")
                else:
                    under_way.add(code)
                    stack.extend(waiting)
        rows = [at for at, code in enumerate(self.codes) for _ in found[code]]
        columns = [leaf for code in self.codes for leaf in sorted(found[code])]
        return sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(self.codes), len(self.leaves)))

    def at_level(self, level: str) -> tuple[str, ...]:
        """Return the codes of one level. Raises `AggregateError` for a level the dimension does not have."""
        if self.levels is None or level not in self.levels.values():
            raise AggregateError(f"Dimensi {self.name} tidak punya tingkat {level}.")
        return tuple(code for code in self.codes if self.levels.get(code) == level)
