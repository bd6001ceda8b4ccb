"""The indicators: their formulas by hand, what has no figure, and the official quarterly mean."""

from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.problems import Messages, Severity
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder
from ckanext.posyandu.domain.indicators import PATH, Count, figure, load_indicators, official_figure, round_half_even
from ckanext.posyandu.domain.strata import Work, stratum

ALL = {one.code: one for one in load_indicators(SchemaFolder())}


def test_there_are_forty_two_indicators_each_with_its_definition():
    assert sorted({one.number for one in ALL.values()}) == list(range(1, 43))
    assert all(one.title and one.version and one.evidence for one in ALL.values())


def test_a_figure_is_a_ratio_of_sums_and_says_how_many_reported():
    found = figure(ALL["stunting"], {"a": {"stunting": 1, "diukur_0_59": 2}, "b": {"stunting": 9, "diukur_0_59": 98}}, expected=4)
    assert (found.numerator, found.denominator, found.percent, found.completeness) == (10, 100, 10.0, 50.0), (
        "not the mean of 50 % and 9.2 %"
    )


def test_nobody_measured_is_no_figure_and_a_missing_count_is_not_zero():
    assert figure(ALL["stunting"], {"a": {"stunting": 0, "diukur_0_59": 0}}, 1).percent is None
    missing = figure(ALL["stunting"], {"a": {"stunting": None, "diukur_0_59": 8}, "b": {"stunting": 2, "diukur_0_59": 10}}, 2)
    assert (missing.percent, missing.completeness) == (20.0, 50.0)


def test_sums_of_counts_are_formulas():
    counts = {"vitamin_a_6_11": 10, "vitamin_a_12_59": 70, "sasaran_vitamin_a_6_11": 12, "sasaran_vitamin_a_12_59": 88}
    assert figure(ALL["vitamin_a_6_59"], {"a": counts}, 1).percent == 80.0
    assert figure(ALL["n_d_terkoreksi"], {"a": {"naik": 3, "tidak_naik": 1}}, 1).percent == 75.0
    assert figure(ALL["putus_dpt_campak"], {"a": {"dpt_hb_1": 50, "campak": 45}}, 1).percent == 10.0
    with pytest.raises(ValueError, match="naik \\*"):
        Count.parse("naik * tidak_naik")


def test_beyond_a_hundred_percent_is_an_error_in_a_true_part_and_a_warning_beyond_an_estimate():
    (error,) = figure(ALL["stunting"], {"a": {"stunting": 11, "diukur_0_59": 10}}, 1).problems
    estimated = figure(ALL["d_s"], {"a": {"ditimbang_0_59": 104, "sasaran_0_59": 100}}, 1)
    assert (error.severity, estimated.problems[0].severity, estimated.percent) == (Severity.ERROR, Severity.WARNING, 104.0)
    assert "Prevalensi stunting" in Messages.load(SchemaFolder()).line(error)


def test_vitamin_a_is_asked_for_in_february_and_august():
    assert [month for month in range(1, 13) if ALL["vitamin_a_6_11"].scheduled(f"2025-{month:02d}")] == [2, 8]


@pytest.mark.parametrize(("total", "size", "expected"), [(5, 2, 2), (7, 2, 4), (4, 3, 1), (5, 3, 2), (0, 3, 0), (9, 3, 3)])
def test_a_mean_is_rounded_half_to_even(total: int, size: int, expected: int):
    assert round_half_even(total, size) == expected


def test_the_official_quarter_is_the_mean_of_each_desa_then_added_up():
    """Desa a: stunting 2, 3 → 2.5 → 2; diukur 10, 11 → 10.5 → 10. Desa b: 3, 4 → 3.5 → 4; diukur 20, 20 → 20. Together 6 of 30."""
    months = ["2025-01", "2025-02"]
    desa = {
        "a": [{"stunting": 2, "diukur_0_59": 10}, {"stunting": 3, "diukur_0_59": 11}],
        "b": [{"stunting": 3, "diukur_0_59": 20}, {"stunting": 4, "diukur_0_59": 20}],
    }
    found = official_figure(ALL["stunting"], desa, months, 2)
    assert (found.numerator, found.denominator, found.percent) == (6, 30, 20.0)


def test_the_official_report_takes_the_scheduled_months_and_swaps_two_columns():
    months = ["2025-01", "2025-02"]
    vitamin = [{"vitamin_a_6_11": 5, "sasaran_vitamin_a_6_11": 5}, {"vitamin_a_6_11": 9, "sasaran_vitamin_a_6_11": 10}]
    assert official_figure(ALL["vitamin_a_6_11"], {"a": vitamin}, months, 1).percent == 90.0
    one = [{"diukur_0_59": 8, "ditimbang_diukur_0_59": 6, "sasaran_0_59": 10}]
    assert official_figure(ALL["diukur_0_59"], {"a": one}, ["2025-01"], 1).percent == 60.0, "the report's known defect"
    assert figure(ALL["diukur_0_59"], {"a": one[0]}, 1).percent == 80.0, "ours does not copy it"


def test_survey_figures_may_not_join_the_series(tmp_path):
    (tmp_path / "indicators").mkdir()
    text = (INSTALLED / PATH).read_text(encoding="utf-8").replace("kind: routine", "kind: survey")
    (tmp_path / PATH).write_text(text, encoding="utf-8")
    with pytest.raises(SchemaFolderError, match="angka survei punya serinya sendiri"):
        load_indicators(SchemaFolder((tmp_path, INSTALLED)))


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        (Work(7, 6, (80, 80, 80, 80), True, 60), "pratama"),
        (Work(12, 4, (80, 80, 80, 80), True, 60), "pratama"),
        (Work(8, 5, (80, 80, 49, 80), True, 60), "madya"),
        (Work(8, 5, (50, 50, 50, 50), False, 60), "madya"),
        (Work(8, 5, (50, 50, 50, 50), True, 49), "purnama"),
        (Work(8, 5, (50, 50, 50, 50), True, 50), "mandiri"),
    ],
)
def test_the_stratum_is_the_highest_whose_criteria_are_all_met(work: Work, expected: str):
    assert stratum(work) == expected
