"""The test site is a real one: a dataset written through an action is found again."""

from __future__ import annotations

import pytest
from ckan.tests import factories, helpers


@pytest.mark.usefixtures("clean_db", "clean_index")
def test_a_dataset_that_was_created_is_found_by_its_title() -> None:
    organization = factories.Organization()
    factories.Dataset(title="Jumlah Posyandu Aktif", owner_org=organization["id"])
    found = helpers.call_action("package_search", q="posyandu")
    assert [hit["title"] for hit in found["results"]] == ["Jumlah Posyandu Aktif"]
