"""Drawings: what has no value never looks like a low one, and each has its text."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.publication.chart import line_chart
from ckanext.ntbsatudata.domain.publication.figures import Figure, Indicator, in_time_order
from ckanext.ntbsatudata.domain.publication.map import COLOURS, region_map
from ckanext.ntbsatudata.domain.publication.scale import classes, ticks
from ckanext.ntbsatudata.domain.publication.wording import Language

SVG = "{http://www.w3.org/2000/svg}"
STUNTING = Indicator("prevalensi_stunting", {"id": "Prevalensi <stunting>", "en": "Stunting"}, "%", 1, "stunting", "diukur")
SERIES = [
    Figure("2025-01", "Januari 2025", 13.9, Status.SHOWN),
    Figure("2025-02", "Februari 2025", None, Status.HIDDEN),
    Figure("2025-03", "Maret 2025", 13.5, Status.SHOWN),
    Figure("2025-04", "April 2025", 13.2, Status.PROVISIONAL),
]
REGIONS = [
    Figure("52.01", "Lombok Barat", 17.2, Status.SHOWN),
    Figure("52.02", "Lombok Tengah", 0.0, Status.SHOWN),
    Figure("52.03", "Lombok Timur", None, Status.HIDDEN),
]
PATHS = {"52.01": "M0,0L1,0L1,1Z", "52.02": "M2,0L3,0L3,1Z", "52.03": "M4,0L5,0L5,1Z", "52.04": "M6,0L7,0L7,1Z"}


def drawn(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def test_a_chart_has_a_point_for_each_value_and_a_hatched_band_for_each_gap() -> None:
    svg = drawn(line_chart("g", STUNTING, SERIES, "NTB", Language.ID))
    points = [one for one in svg.findall(f"{SVG}circle") if one.find(f"{SVG}title") is not None]
    assert [one.find(f"{SVG}title").text for one in points] == [
        "Januari 2025: 13,9 %", "Maret 2025: 13,5 %", "April 2025: 13,2 % (sementara)",
    ]  # fmt: skip
    bands = [one for one in svg.findall(f"{SVG}rect") if one.find(f"{SVG}title") is not None]
    assert [(one.find(f"{SVG}title").text, one.get("fill")) for one in bands] == [("Februari 2025: dirahasiakan", "url(#g-hidden)")]
    joined = [one for one in svg.findall(f"{SVG}line") if one.get("stroke-width") == "2.5"]
    assert len(joined) == 1, "the line is broken where a month is hidden"
    assert joined[0].get("stroke-dasharray") == "5 4", "what leads to a provisional figure is dashed"


def test_a_chart_starts_at_zero_and_higher_values_stand_higher() -> None:
    svg = drawn(line_chart("g", STUNTING, SERIES, "NTB", Language.ID))
    labels = [one.text for one in svg.findall(f"{SVG}text") if one.get("text-anchor") == "end"]
    assert labels[:2] == ["0", "5"] and labels[3] == "15"
    heights = [float(one.get("cy")) for one in svg.findall(f"{SVG}circle") if one.find(f"{SVG}title") is not None]
    assert heights == sorted(heights)


def test_drawings_say_in_words_what_they_show() -> None:
    chart, area = (
        line_chart("g", STUNTING, SERIES, "NTB", Language.ID),
        region_map("p", STUNTING, REGIONS, PATHS, (400, 200), "Maret 2025", Language.ID),
    )
    assert drawn(chart).find(f"{SVG}desc").text == (
        "Grafik garis Prevalensi <stunting>, NTB, Januari 2025 sampai April 2025. Terendah 13,2 % (sementara) (April 2025); "
        "tertinggi 13,9 % (Januari 2025); terakhir 13,2 % (sementara) (April 2025). Periode tanpa nilai: 1 dirahasiakan."
    )
    assert drawn(area).find(f"{SVG}desc").text == (
        "Peta Prevalensi <stunting>, Maret 2025: 3 wilayah. Terendah Lombok Tengah (0,0 %), tertinggi Lombok Barat (17,2 %). "
        "Wilayah tanpa nilai, digambar berarsir: 1 dirahasiakan."
    )
    assert 'aria-labelledby="g-title g-desc"' in chart and 'role="img"' in area


def test_on_a_map_a_zero_is_the_lightest_colour_and_what_is_hidden_has_none() -> None:
    svg = drawn(region_map("p", STUNTING, REGIONS, PATHS, (400, 200), "Maret 2025", Language.ID))
    fills = {one.find(f"{SVG}title").text: one.get("fill") for one in svg.findall(f"{SVG}path")}
    assert fills == {
        "Lombok Barat: 17,2 %": COLOURS[-1],
        "Lombok Tengah: 0,0 %": COLOURS[0],
        "Lombok Timur: dirahasiakan": "url(#p-hidden)",
        "52.04: tidak tersedia": "url(#p-not_available)",
    }
    key = [one.text for one in svg.findall(f"{SVG}text")]
    assert key == ["0–5 %", "5–10 %", "10–15 %", "15–20 %", "dirahasiakan", "tidak tersedia"]


def test_colours_fall_in_lightness_so_that_they_are_read_without_seeing_colour() -> None:
    def lightness(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert [lightness(one) for one in COLOURS] == sorted(map(lightness, COLOURS), reverse=True)


def test_drawings_hold_no_script_and_no_style() -> None:
    for text in (
        line_chart("g", STUNTING, SERIES, "NTB", Language.ID),
        region_map("p", STUNTING, REGIONS, PATHS, (400, 200), "2025", Language.EN),
    ):
        assert "<script" not in text and "style=" not in text and "<stunting>" not in text


def test_a_drawing_without_any_value_is_still_a_drawing() -> None:
    hidden = [Figure("2025-01", "Januari 2025", None, Status.HIDDEN)]
    assert "Periode tanpa nilai: 1 dirahasiakan" in line_chart("g", STUNTING, hidden, "NTB", Language.ID)
    with pytest.raises(ValueError, match="at least one period"):
        line_chart("g", STUNTING, [], "NTB", Language.ID)


@pytest.mark.parametrize(
    ("values", "bounds"),
    [
        ([8.1, 17.2], [8, 10, 12, 14, 16, 18]),
        ([0.0, 17.2], [0, 5, 10, 15, 20]),
        ([3.0, 3.0], [3, 4]),
        ([10.0, 20.0], [10, 12, 14, 16, 18, 20, 22]),
    ],
)
def test_classes_are_round_equally_wide_and_hold_every_value(values: list[float], bounds: list[float]) -> None:
    assert classes(values, 6) == bounds


def test_axes_have_round_marks_and_counts_whole_ones() -> None:
    assert ticks(13.9) == [0, 5, 10, 15]
    assert ticks(2, whole=True) == [0, 1, 2]


def test_periods_of_the_shortest_kind_are_put_in_order_of_time() -> None:
    assert in_time_order(["2025", "2025-TW2", "2024-TW4", "2025-TW1"]) == ["2024-TW4", "2025-TW1", "2025-TW2"]
    assert in_time_order([]) == []
