"""What the search box asks: what a query means, and what it may become."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.query.analysis import words
from ckanext.ntbsatudata.domain.query.places import PlaceNames
from ckanext.ntbsatudata.domain.query.understanding import CODES, Subject
from ckanext.ntbsatudata.search.dataset_document import region_name
from ckanext.ntbsatudata.search.reading import reader

__all__ = ["ntbsatudata_search_suggest", "ntbsatudata_search_understand"]

LONGEST_QUERY = 300
MOST_SUGGESTIONS = 10


@toolkit.side_effect_free
def ntbsatudata_search_understand(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Say what a plain query means.

    :param q: the query as typed
    :returns: `corrected` (the query with misspelt words corrected, or None), `regions` (code, name), `years`, `subjects`
    """
    toolkit.check_access("package_search", context, data_dict)
    text = str(toolkit.get_or_bust(data_dict, "q"))[:LONGEST_QUERY]
    understanding = reader().read(words(text))
    codes = dict.fromkeys(way.terms[0] for clause in understanding.clauses if clause.subject is Subject.PLACE
                          for way in clause.alternatives if way.field == CODES and way.worth == 1.0)  # fmt: skip
    folder = config.schema_folder()
    return {
        "corrected": understanding.text if understanding.is_corrected else None,
        "regions": [{"code": code, "name": region_name(folder, code)} for code in codes],
        "years": [clause.written for clause in understanding.clauses if clause.subject is Subject.PERIOD],
        "subjects": [clause.corrected or clause.written for clause in understanding.clauses if clause.subject is Subject.WORD],
    }


@toolkit.side_effect_free
def ntbsatudata_search_suggest(context: Context, data_dict: DataDict) -> list[dict[str, str]]:
    """Suggest what the beginning of a query may become: concepts, datasets, agencies and regions, of what the reader may see.

    :param q: what is typed so far, at least two letters
    :returns: list of `kind` (concept, dataset, organization, region), `text`, and `name` of datasets and agencies
    """
    toolkit.check_access("package_search", context, data_dict)
    typed = words(str(toolkit.get_or_bust(data_dict, "q"))[:LONGEST_QUERY])
    if not typed or len("".join(typed)) < 2:
        return []
    *whole, last = typed
    query = " ".join([*(f"+title:{word}" for word in whole), f"+title:{last}*"])
    found = toolkit.get_action("package_search")(
        {**context}, {"q": query, "rows": 6, "facet.field": ["konsep"], "facet.limit": 3, "fl": ["name", "title"]}
    )
    concepts = sorted(found["search_facets"].get("konsep", {}).get("items", ()), key=lambda item: -item["count"])
    beginning = " ".join(typed)
    agencies = toolkit.get_action("organization_autocomplete")({**context}, {"q": beginning, "limit": 3})
    suggestions = [
        *({"kind": "concept", "text": item["name"], "name": ""} for item in concepts),
        *({"kind": "dataset", "text": hit["title"], "name": hit["name"]} for hit in found["results"]),
        *({"kind": "organization", "text": agency["title"], "name": agency["name"]} for agency in agencies),
        *({"kind": "region", "text": name, "name": ""} for name in _regions(typed)),
    ]
    distinct = {suggestion["text"].casefold(): suggestion for suggestion in reversed(suggestions)}
    return [each for each in suggestions if distinct[each["text"].casefold()] is each][:MOST_SUGGESTIONS]


def _regions(typed: list[str]) -> list[str]:
    """Return the names of at most three regions (kabupaten, kota and provinsi first) that begin with the words typed."""
    folder = config.schema_folder()
    *whole, last = typed
    found = {
        place.code: place
        for name, places in PlaceNames.load(folder).by_name.items()
        if list(name[: len(whole)]) == whole and len(name) > len(whole) and name[len(whole)].startswith(last)
        for place in places
        if place.step < 4
    }
    own = config.wilayah()
    nearest = sorted(found.values(), key=lambda place: (not place.code.startswith(own), place.step, place.code))
    return [region_name(folder, place.code) for place in nearest[:3]]
