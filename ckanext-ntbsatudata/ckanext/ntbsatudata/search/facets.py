"""The facets of the dataset page: which ones, in which order, and what their codes are called."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.query.places import OWN_PROVINCE, WHOLE_COUNTRY
from ckanext.ntbsatudata.domain.query.understanding import WITHIN, YEARS

_LISTS = {WITHIN: (WHOLE_COUNTRY, OWN_PROVINCE), "frequency": ("frekuensi",), "topik": ("topik",)}


def dataset_facets() -> dict[str, str]:
    """Return field and title of each facet, in the order of the page."""
    return {
        "organization": toolkit._("Produsen Data"),
        "groups": toolkit._("Topics"),
        WITHIN: toolkit._("Regions"),
        YEARS: toolkit._("Years"),
        "res_format": toolkit._("Formats"),
        "prioritas_tahun": toolkit._("Data prioritas"),
        "frequency": toolkit._("Frequencies"),
    }


def name_values(facets: dict[str, Any]) -> None:
    """Give the counted codes their names (`search_facets` of CKAN's answer)."""
    lists = CodeLists.load(config.schema_folder())
    for field, list_ids in _LISTS.items():
        editions = [lists.get(list_id).edition() for list_id in list_ids if list_id in lists]
        for value in facets.get(field, {}).get("items", ()):
            named = next((item for edition in editions if (item := edition.find(value["name"])) is not None), None)
            if named is not None:
                value["display_name"] = named.name
