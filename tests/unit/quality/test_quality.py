"""The quality report: points by hand, stars in order, principles, timeliness."""

from __future__ import annotations

import copy
from datetime import date

import pytest

from ckanext.ntbsatudata.domain.metadata.completeness import Purpose, completeness
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.quality import Evidence, Scales, TimelinessState, assess, timeliness
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FOLDER = SchemaFolder()
STANDARD = Standard.of(FOLDER)
SCALES = Scales.of(FOLDER)
TODAY = date(2026, 11, 24)

CSV = {
    "url": "https://data.example/1.csv", "format": "CSV", "mimetype": "text/csv", "size": 1200, "rights": "Terbuka", "datastore_active": True,
    "schema": {"fields": [{"name": "kode", "type": "string", "title": "Kode", "kode_referensi": "wilayah-kemendagri"}]},
}  # fmt: skip
FULL = {
    "title": "Jumlah Penduduk", "notes": "Uraian", "owner_org": "o", "tags": [{"name": "penduduk"}], "topik": "RAD.03", "theme": ["https://x/REGI"],
    "konsep": "Penduduk", "definisi": "d", "klasifikasi": ["wilayah"], "ukuran": "Jumlah", "satuan": "Orang", "id_sds": "belum ada", "id_mskeg": "k",
    "frequency": "TAHUNAN", "temporal_start": "2018", "temporal_end": "2025", "kode_wilayah": ["52"], "maintainer": "m", "maintainer_email": "a@b.id",
    "license_id": "CC-BY-4.0", "access_rights": "terbuka", "metadata_created": "2026-01-01", "metadata_modified": "2026-01-01", "resources": [CSV],
}  # fmt: skip
SEEN = Evidence(answers={CSV["url"]: True}, passes_dcat_ap=True)


def report(dataset, evidence=SEEN, **more):
    return assess(dataset, SCALES, STANDARD, TODAY, evidence, **more)


def without(*names):
    return {name: value for name, value in FULL.items() if name not in names}


def test_the_metrics_add_up_to_405_points_in_five_dimensions():
    by_dimension = {}
    for metric in SCALES.metrics:
        by_dimension[metric.dimension] = by_dimension.get(metric.dimension, 0) + metric.points
    assert by_dimension == {"findability": 100, "accessibility": 100, "interoperability": 110, "reusability": 75, "contextuality": 20}


def test_a_complete_dataset_earns_everything():
    found = report(FULL, activity_is_complete=True)
    assert (found.points, found.rating.id, found.star_count) == (405, "excellent", 5)
    assert found.as_dict()["principles"] == {"standar_data": True, "metadata": True, "interoperabilitas_data": True, "kode_referensi": True}


def test_without_the_dcat_ap_check_thirty_points_are_not_given_away():
    assert report(FULL, Evidence(answers={CSV["url"]: True})).points == 375


def test_an_empty_dataset_earns_nothing_and_fails_nowhere():
    found = report({}, Evidence())
    assert (found.points, found.rating.id, found.star_count, found.timeliness.state) == (0, "bad", 0, TimelinessState.UNKNOWN)


@pytest.mark.parametrize(
    ("missing", "points"),
    [
        (["tags"], 375), (["theme"], 375), (["kode_wilayah"], 385), (["temporal_end"], 385), (["license_id"], 375), (["access_rights"], 390),
        (["maintainer_email"], 385), (["owner_org"], 395), (["metadata_created"], 400), (["metadata_modified"], 400),
    ],
)  # fmt: skip
def test_what_is_missing_costs_its_points(missing, points):
    assert report(without(*missing)).points == points


def test_points_of_distributions_are_given_by_their_share():
    # A PDF beside the CSV, without size, media type, rights and answer: half of 50 + 30 + 10 + 10 + 20 (not structured) + 5 + 5 is lost.
    both = {**FULL, "resources": [CSV, {"url": "https://data.example/2.pdf", "format": "PDF"}]}
    assert report(both).points == 405 - 65
    # A format of two names is in no vocabulary and says nothing of openness: 10 + 20 + 20, and it is no file: 20 + 30.
    twin = {**FULL, "resources": [{**CSV, "format": "CSV/XLSX"}]}
    assert report(twin).points == 405 - 100


def test_a_dead_link_costs_eighty_points():
    assert report(FULL, Evidence(answers={CSV["url"]: False}, passes_dcat_ap=True)).points == 325


@pytest.mark.parametrize(
    ("change", "stars"),
    [
        ({"license_id": "notspecified"}, 0),
        ({"access_rights": "tertutup"}, 0),
        ({"resources": [{**CSV, "format": "PDF"}]}, 1),
        ({"resources": [{**CSV, "format": "XLSX"}]}, 2),
        ({"resources": [{**CSV, "schema": None}]}, 3),
        ({"resources": [{**CSV, "schema": {"fields": [{"name": "kode", "type": "string"}]}}]}, 4),
        ({}, 5),
    ],
)
def test_stars_are_earned_in_their_order(change, stars):
    assert report({**FULL, **change}).star_count == stars


def test_each_principle_fails_for_its_own_reason():
    def principles(dataset, **more):
        return [verdict.step.id for verdict in report(dataset, **more).principles if not verdict.reached]

    assert principles(without("satuan"), activity_is_complete=True) == ["standar_data"]
    assert principles(FULL) == ["metadata"]
    assert principles({**FULL, "resources": [{**CSV, "datastore_active": False}]}, activity_is_complete=True) == ["interoperabilitas_data"]
    unbound = copy.deepcopy(FULL)
    del unbound["resources"][0]["schema"]["fields"][0]["kode_referensi"]
    assert principles(unbound, activity_is_complete=True) == ["kode_referensi"]


@pytest.mark.parametrize(
    ("code", "newest", "state", "due"),
    [
        # The year 2024 ends on 2024-12-31; twice 366 days later is 2027-01-02.
        ("TAHUNAN", "2024", TimelinessState.CURRENT, date(2027, 1, 2)),
        ("TAHUNAN", "2023", TimelinessState.LATE, date(2026, 1, 1)),
        # June 2026 ends on the 30th; 62 days later is the 31st of August.
        ("BULANAN", "2026-06", TimelinessState.LATE, date(2026, 8, 31)),
        ("BULANAN", "2026-10", TimelinessState.CURRENT, date(2027, 1, 1)),
        ("HANYA_SEKALI", "2010", TimelinessState.NOT_EXPECTED, None),
        ("LEBIH_DARI_DUA_TAHUNAN", "2010", TimelinessState.NOT_EXPECTED, None),
        ("TAHUNAN", None, TimelinessState.UNKNOWN, None),
    ],
)
def test_figures_are_late_when_the_next_period_is_over_and_as_long_again_has_passed(code, newest, state, due):
    found = timeliness(STANDARD.frequencies.known[code], newest, TODAY)
    assert (found.state, found.due) == (state, due)


def test_a_date_in_the_release_calendar_is_the_promise():
    yearly = STANDARD.frequencies.known["TAHUNAN"]
    assert timeliness(yearly, "2025", TODAY, announced=date(2026, 11, 23)).state is TimelinessState.LATE
    assert timeliness(yearly, "2020", TODAY, announced=date(2026, 11, 24)).state is TimelinessState.CURRENT


# --- what is missing, and for what purpose


def missing(purpose, dataset, **more):
    found = completeness(purpose, dataset, STANDARD.forms[Kind.DATASET], STANDARD.forms[Kind.RESOURCE], **more)
    return found, [problem.field for problem in found.missing]


def test_a_complete_dataset_serves_every_purpose():
    for purpose in Purpose:
        found, fields = missing(purpose, FULL)
        assert fields == [] and found.is_complete and found.percent == 100


def test_the_five_parts_of_standar_data_and_the_activity_are_needed_to_submit():
    _found, fields = missing(Purpose.SUBMIT, without("konsep", "definisi", "klasifikasi", "ukuran", "satuan", "id_sds", "id_mskeg"))
    assert fields == ["konsep", "definisi", "klasifikasi", "ukuran", "satuan", "id_sds", "id_mskeg"]


def test_keywords_theme_and_contact_are_needed_only_for_the_harvest():
    less = without("tags", "theme", "maintainer_email")
    assert missing(Purpose.SUBMIT, less)[1] == []
    assert missing(Purpose.HARVEST, less)[1] == ["tag_string", "theme", "maintainer_email"]


def test_a_dataset_without_a_file_or_with_undescribed_columns_is_not_submitted():
    assert missing(Purpose.SUBMIT, {**FULL, "resources": []})[1] == ["resources"]
    assert missing(Purpose.SUBMIT, {**FULL, "resources": [{**CSV, "schema": None}]})[1] == ["resources[1].schema"]
    assert missing(Purpose.SUBMIT, {**FULL, "resources": [{**CSV, "schema": {"fields": [{"name": "a", "type": "string"}]}}]})[1] == [
        "resources[1].a"
    ]


def test_a_restriction_asks_for_its_ground_only_then():
    _found, fields = missing(Purpose.SUBMIT, {**FULL, "access_rights": "terbatas"})
    assert fields == ["access_ground", "access_decision", "access_decided"] or set(fields) == {
        "access_ground",
        "access_decision",
        "access_decided",
    }


def test_the_percentage_counts_the_answers_asked():
    found, _fields = missing(Purpose.STARS, without("license_id"))
    assert found.needed == 2 and found.percent == 50


def test_every_missing_thing_has_its_sentence_in_both_languages():
    found, _fields = missing(
        Purpose.SUBMIT, {"resources": [{"format": "CSV", "url": "x", "schema": {"fields": [{"name": "a"}]}}], "access_rights": "tertutup"}
    )
    lines = {language: [Messages.load(FOLDER, language).line(problem) for problem in found.missing] for language in ("id", "en")}
    assert '"Konsep" belum diisi; diperlukan agar diajukan ke walidata.' in " ".join(lines["id"])
    assert '"Concept" is not filled in; it is needed to be submitted to the walidata.' in " ".join(lines["en"])
