"""Search through CKAN's own actions and pages, on the engine of the test site."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.tests import factories, helpers

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")


@pytest.fixture
def catalogue(clean_db: None, clean_index: None) -> dict[str, Any]:
    agency = factories.Organization(name="dikes", title="Dinas Kesehatan")
    posyandu = factories.Dataset(
        name="posyandu-balita",
        title="Status Gizi Balita Posyandu menurut Kecamatan",
        notes="Balita kurus dan gizi kurang dari penimbangan posyandu.",
        owner_org=agency["id"],
        kode_wilayah=["52.07"],
        temporal_start="2021",
        temporal_end="2025",
        konsep="Status Gizi",
        resources=[{"url": "https://example.org/posyandu.csv", "format": "CSV"}],
    )
    factories.Dataset(name="gizi-bima", title="Gizi Buruk di Kota Bima 2019", owner_org=agency["id"], kode_wilayah=["52.72"])
    factories.Dataset(name="padi", title="Luas Panen Padi", owner_org=agency["id"], kode_wilayah=["52"], temporal_start="2024")
    return posyandu


def names(query: str, **asked: Any) -> list[str]:
    return [hit["name"] for hit in helpers.call_action("package_search", q=query, **asked)["results"]]


@pytest.mark.usefixtures("catalogue")
def test_a_table_that_covers_the_region_and_the_year_is_found_though_neither_is_in_its_text() -> None:
    """Requirement row 48: konsep, synonym, region, period."""
    assert names("gizi buruk Taliwang 2024")[0] == "posyandu-balita"


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("query", ["stats gizi KSB", "wasting", "status gizi sumbawa barat", "posyndu", "balita kurang gizi"])
def test_abbreviations_synonyms_and_misspelt_words_find_the_dataset(query: str) -> None:
    assert "posyandu-balita" in names(query)


@pytest.mark.usefixtures("catalogue")
def test_facets_count_regions_with_all_that_lies_in_them_and_give_their_names() -> None:
    found = helpers.call_action("package_search", **{"facet.field": ["dalam_wilayah", "tahun_data"], "rows": 0})
    regions = {item["display_name"]: item["count"] for item in found["search_facets"]["dalam_wilayah"]["items"]}
    assert regions == {"Nusa Tenggara Barat": 3, "Kabupaten Sumbawa Barat": 1, "Kota Bima": 1}
    assert {item["name"]: item["count"] for item in found["search_facets"]["tahun_data"]["items"]}["2024"] == 2


@pytest.mark.usefixtures("catalogue")
def test_a_query_is_explained() -> None:
    understood = helpers.call_action("ntbsatudata_search_understand", q="posyndu KSB 2024")
    assert understood == {
        "corrected": "posyandu ksb 2024",
        "regions": [{"code": "52.07", "name": "Kabupaten Sumbawa Barat"}],
        "years": ["2024"],
        "subjects": ["posyandu"],
    }


@pytest.mark.usefixtures("catalogue")
def test_suggestions_hold_datasets_concepts_agencies_and_regions() -> None:
    suggest = lambda text: [(each["kind"], each["text"]) for each in helpers.call_action("ntbsatudata_search_suggest", q=text)]  # noqa: E731
    assert ("dataset", "Status Gizi Balita Posyandu menurut Kecamatan") in suggest("status gi")
    assert ("concept", "Status Gizi") in suggest("status gi")
    assert ("organization", "Dinas Kesehatan") in suggest("dinas kes")
    assert ("region", "Kabupaten Sumbawa Barat") in suggest("sumbawa b")


def test_private_datasets_are_neither_suggested_nor_counted() -> None:
    agency = factories.Organization()
    factories.Dataset(title="Rahasia Besar", private=True, owner_org=agency["id"])
    factories.Dataset(title="Rahasia Umum", owner_org=agency["id"])
    context = {"ignore_auth": False, "user": ""}
    found = helpers.call_action("package_search", context, q="rahasia", include_private=True, **{"facet.field": ["organization"]})
    assert (found["count"], [item["count"] for item in found["search_facets"]["organization"]["items"]]) == (1, [1])
    assert [each["text"] for each in helpers.call_action("ntbsatudata_search_suggest", context, q="rahas")] == ["Rahasia Umum"]


@pytest.mark.usefixtures("catalogue")
def test_the_page_shows_facets_coverage_and_why_a_dataset_is_there(app: Any) -> None:
    page = app.get("/dataset/?q=gizi+kurang+KSB").body
    assert "Kabupaten Sumbawa Barat" in page
    assert "<mark>gizi</mark>" in page
    assert "2021–2025" in page
    for title in ("Produsen Data", "Regions", "Years", "Formats"):
        assert title in page


@pytest.mark.usefixtures("catalogue")
def test_the_page_says_what_was_meant_and_offers_topics_when_nothing_is_found(app: Any) -> None:
    assert "Did you mean" in app.get("/dataset/?q=posyndu").body
    assert "Nothing was found" in app.get("/dataset/?q=xyzzyqwk").body


@pytest.mark.usefixtures("catalogue")
def test_suggestions_come_as_options(app: Any) -> None:
    assert '<option value="Luas Panen Padi">dataset</option>' in app.get("/dataset-suggestions?q=luas+pa").body


def test_a_catalogue_change_that_is_rolled_back_leaves_no_trace_in_the_index() -> None:
    import ckan.model as model

    agency = factories.Organization()
    dataset = factories.Dataset(title="Judul Lama", owner_org=agency["id"])
    model.Session.commit()
    model.Package.get(dataset["id"]).title = "Judul Baru"
    model.Session.flush()
    from ckan.logic import index_update_package

    index_update_package({"ignore_auth": True}, dataset["id"])
    model.Session.rollback()
    assert (names("baru"), names("lama")) == ([], [dataset["name"]])


def test_repair_brings_back_what_is_missing_and_outdated_and_removes_what_is_no_more(cli: Any) -> None:
    import ckan.lib.search as index
    import ckan.model as model
    from ckan.cli.cli import ckan

    agency = factories.Organization()
    missing, outdated, sound = (factories.Dataset(title=title, owner_org=agency["id"]) for title in ("Hilang", "Usang", "Utuh"))
    orphan = {**index.show(sound["name"]), "index_id": "orphan", "id": "orphan", "name": "orphan", "title": "Yatim"}
    index.make_connection().add([orphan], commit=True)
    index.clear(missing["id"])
    changed = {"title": "Segar", "metadata_modified": "2030-01-01"}
    model.Session.query(model.Package).filter_by(id=outdated["id"]).update(changed)
    model.Session.commit()
    assert (names("hilang"), names("segar")) == ([], [])

    done = cli.invoke(ckan, ["ntbsatudata", "search", "repair"])

    assert done.output.strip() == "Indeks pencarian: 2 dataset diindeks ulang, 1 entri tanpa dataset dihapus."
    assert (names("hilang"), names("segar"), names("yatim")) == ([missing["name"]], [outdated["name"]], [])
    assert "0 dataset" in cli.invoke(ckan, ["ntbsatudata", "search", "repair"]).output
