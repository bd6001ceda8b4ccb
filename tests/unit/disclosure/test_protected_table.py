from __future__ import annotations

import numpy as np
import pytest

from ckanext.ntbsatudata.domain.aggregates.dimension import Dimension
from ckanext.ntbsatudata.domain.aggregates.lattice import Cross, build_lattice
from ckanext.ntbsatudata.domain.disclosure.protected_table import NotProtected, ProtectedTable, Status, seal
from ckanext.ntbsatudata.domain.publication.release_folder import write_release

LATTICE = build_lattice([Dimension.from_parents("desa", [("T", None), ("A", "T")])], [Cross((("T", "A"),))])


def test_nobody_can_make_one_by_hand():
    with pytest.raises(NotProtected, match="protect"):
        ProtectedTable("x", LATTICE, np.array([0, 1]), np.array([1.0, 1.0]), (Status.SHOWN, Status.SHOWN), object())


def test_a_hole_never_carries_a_number():
    with pytest.raises(NotProtected):
        seal("x", LATTICE, np.array([0, 1]), np.array([1.0, 0.0]), (Status.SHOWN, Status.HIDDEN))


def test_publication_takes_nothing_else(tmp_path):
    with pytest.raises(NotProtected):
        write_release({"values": [1, 2]}, tmp_path / "rilis", {})  # type: ignore[arg-type]
    assert not (tmp_path / "rilis").exists()


def test_holes_have_one_confidentiality_code_and_zero_is_no_hole():
    assert {status.confidentiality for status in Status if status is not Status.HIDDEN} == {"F"}
    assert (Status.HIDDEN.observation, Status.HIDDEN.confidentiality) == ("Q", "C")
    table = seal("x", LATTICE, np.array([0, 1]), np.array([0.0, np.nan]), (Status.SHOWN, Status.HIDDEN))
    assert [(value, status.value) for _, value, status in table.rows()] == [(0.0, ""), (None, "c")]
