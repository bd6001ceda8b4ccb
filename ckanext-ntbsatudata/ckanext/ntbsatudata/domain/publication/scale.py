"""Round steps for axes and for the classes of a map."""

from __future__ import annotations

import math
from collections.abc import Sequence


def round_step(span: float, parts: int) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten that covers `span` in at most `parts` steps."""
    if span <= 0:
        return 1.0
    rough = span / parts
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))


def ticks(highest: float, parts: int = 5, whole: bool = False) -> list[float]:
    """Return round values from 0 to the first at or above `highest`."""
    step = round_step(highest, parts)
    if whole:
        step = max(1.0, math.ceil(step))
    return [number * step for number in range(max(1, math.ceil(highest / step - 1e-9)) + 1)]


def classes(values: Sequence[float], most: int, whole: bool = False) -> list[float]:
    """Return the bounds of equally wide round classes that hold all values; two bounds are one class.

    Equal widths, not equal numbers of areas: the colours then say how far apart areas are and not only their rank.
    """
    low, high = min(values), max(values)
    step = round_step(high - low, most - 1)  # one class fewer, as round bounds may reach beyond both ends
    if whole:
        step = max(1.0, math.ceil(step))
    first = math.floor(low / step + 1e-9)
    last = max(first + 1, math.floor(high / step + 1e-9) + 1)
    return [round(number * step, 10) for number in range(first, last + 1)]
