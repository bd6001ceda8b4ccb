"""Which sets of crosses carry all that follows from the innermost cells, and which need those cells beside them."""

from __future__ import annotations

from collections.abc import Iterable


def carries_itself(crosses: Iterable[frozenset[str]]) -> bool:
    """Tell whether every consistent filling of the crosses belongs to some filling of the innermost cells.

    True for a decomposable set (AB with BC), false for a circle (AB, BC, AC): Dobra & Fienberg 2000. Found by Graham's
    reduction: drop a dimension that is in one cross only, drop a cross that lies within another, until nothing is left.
    """
    left = [set(cross) for cross in set(crosses)]
    changed = True
    while changed:
        changed = False
        for cross in left:
            alone = {name for name in cross if sum(name in other for other in left) == 1}
            if alone:
                cross -= alone
                changed = True
        kept: list[set[str]] = []
        for at, cross in enumerate(left):
            others = kept + left[at + 1 :]
            if any(cross <= other for other in others):
                changed = True
            else:
                kept.append(cross)
        left = kept
    return all(not cross for cross in left)
