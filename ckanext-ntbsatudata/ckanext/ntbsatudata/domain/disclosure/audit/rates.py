"""Rates times denominators: what a published rate says of counts that are hidden.

A rate rounded to d decimals lies within half a unit of its last decimal of per · numerator / denominator. With whole counts
and sums over groups this often leaves one filling only (the means attack of the Handbook on Statistical Disclosure Control).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import scipy.sparse as sp

from ckanext.ntbsatudata.domain.disclosure.audit.bounds import Floats
from ckanext.ntbsatudata.domain.disclosure.audit.equations import Cell
from ckanext.ntbsatudata.domain.disclosure.audit.public_table import Rate


def rate_lines(
    rates: Sequence[Rate], axis: int, shown: Mapping[Cell, float], number: Mapping[Cell, int], size: int
) -> tuple[sp.csr_matrix, Floats]:
    """Return `lines @ cells <= limits` for every shown rate: rate − ½ unit ≤ per · numerator / denominator ≤ rate + ½ unit.

    `shown`: the rates as published, by cell with the rate's code at position `axis`.
    """
    by_code = {rate.code: rate for rate in rates}
    rows: list[int] = []
    columns: list[int] = []
    entries: list[float] = []
    count = 0
    for cell, value in shown.items():
        rate = by_code[cell[axis]]
        top = number.get((*cell[:axis], rate.numerator, *cell[axis + 1 :]))
        bottom = number.get((*cell[:axis], rate.denominator, *cell[axis + 1 :]))
        if top is None or bottom is None:
            continue
        half = 0.5 * 10.0**-rate.decimals
        for sign in (1.0, -1.0):
            rows += [count, count]
            columns += [top, bottom]
            entries += [sign * rate.per, -sign * (value + sign * half)]
            count += 1
    return sp.csr_matrix((entries, (rows, columns)), shape=(count, size)), np.zeros(count)
