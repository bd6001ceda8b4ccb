"""Quantiles are read off published bands, of ten or more, and never reach beyond what is public."""

from __future__ import annotations

import numpy as np
import pytest

from ckanext.ntbsatudata.domain.aggregates.cube import BaseCells, cell_rows
from ckanext.ntbsatudata.domain.aggregates.errors import AggregateError
from ckanext.ntbsatudata.domain.aggregates.quantile import QuantileSpec, parse_quantiles
from ckanext.ntbsatudata.domain.aggregates.spec import load_spec
from ckanext.ntbsatudata.domain.disclosure.audit.attack import Verdict, audit
from ckanext.ntbsatudata.domain.disclosure.audit.public_table import spec_to_audit
from ckanext.ntbsatudata.domain.disclosure.suppression.protect import protect, without_limit
from ckanext.ntbsatudata.domain.disclosure.suppression.registry import spec_to_protect
from ckanext.ntbsatudata.domain.publication.release_folder import as_published

SPEC = """
name: lama
version: 1
title: Lama
dimensions:
  wilayah: {hierarchy: wilayah.csv}
  lama: {codes: {T: null, pendek: T, panjang: T, belum: T}}
period: {name: bulan}
measures: {selesai: {}}
quantiles:
  over: lama
  edges: {pendek: [0, 24], panjang: [24, 124]}
  minimum: 10
  of: {median: {title: {id: Median, en: Median}, measure: selesai, percent: 50}, p90: {title: {id: P90, en: P90}, measure: selesai, percent: 90}}
crosses: [{wilayah: [kabupaten], by: [lama]}]
policy: {threshold: 1, zeros: shown, max_hidden_percent: 100}
"""
BANDS = {"pendek": (0.0, 24.0), "panjang": (24.0, 124.0)}


def released(folder, counts: dict[str, tuple[int, int, int]], policy: str = "threshold: 1"):
    (folder / "wilayah.csv").write_text("code,parent,level\nP,,provinsi\nA,P,kabupaten\nB,P,kabupaten\n")
    (folder / "lama.yaml").write_text(SPEC.replace("threshold: 1", policy))
    spec = load_spec(folder / "lama.yaml", None)
    areas = [area for area in counts for _ in range(3)]
    cells = BaseCells(
        {"wilayah": np.array(areas, dtype=object), "lama": np.array(["pendek", "panjang", "belum"] * len(counts), dtype=object)},
        {"selesai": np.array([float(one) for three in counts.values() for one in three])},
    )
    table = protect(without_limit(spec_to_protect(spec, cell_rows(spec, {"2026-01": cells}))), b"a secret of the tests")
    release = as_published(table, "1", spec.derived)
    rows = zip(*release.codes.values(), release.values, release.statuses, strict=True)
    return spec, release, {(area, band, code): (value, status) for _, area, band, code, value, status in rows}


def test_median_and_p90_by_hand(tmp_path):
    spec, release, found = released(tmp_path, {"A": (6, 4, 0), "B": (3, 2, 4)})
    assert found[("A", "T", "median")] == (20.0, "")  # the 5th of 10 lies 5/6 into 0–24
    assert found[("A", "T", "p90")] == (99.0, "")  # the 9th is the 3rd of 4 in 24–124: 24 + 100 · 3/4
    assert found[("B", "T", "median")] == (None, ":"), "nine are too few"
    assert not [key for key in found if key[2] == "median" and key[1] != "T"], "a band has no median"
    assert audit(spec_to_audit(spec, [release])).verdict is not Verdict.UNSAFE


def test_a_quantile_among_those_still_open_has_no_value(tmp_path):
    _, _, found = released(tmp_path, {"A": (6, 4, 12), "B": (20, 0, 0)})
    assert found[("A", "T", "median")] == (None, ":")  # the 11th of 22 is still open


def test_a_hidden_band_hides_the_quantile(tmp_path):
    _, _, found = released(tmp_path, {"A": (20, 2, 8), "B": (30, 30, 30)}, "threshold: 5")
    assert found[("A", "panjang", "selesai")] == (None, "c")
    assert found[("A", "T", "median")] == (None, "c")


def test_fewer_than_ten_is_refused_in_the_registry():
    content = {"over": "lama", "edges": {"pendek": [0, 24]}, "minimum": 9, "of": {}}
    with pytest.raises(AggregateError, match="sedikitnya 10"):
        list(parse_quantiles(content, {"selesai"}, {"lama": ("pendek",)}))


def test_bands_that_overlap_are_refused():
    content = {"over": "lama", "edges": {"a": [0, 24], "b": [12, 48]}, "minimum": 10, "of": {}}
    with pytest.raises(AggregateError, match="tidak bertumpuk"):
        list(parse_quantiles(content, {"selesai"}, {"lama": ("a", "b")}))


def test_no_spread_within_an_empty_band():
    one = QuantileSpec("m", {}, "n", 50, "lama", BANDS, 10)
    assert one.of({"pendek": 0, "panjang": 10}, 10) == 74.0
