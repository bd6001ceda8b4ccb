"""The W3C Reconciliation Service API 0.2 for one code list, so that OpenRefine matches a column against it.

Source: Reconciliation Service API v0.2, W3C Community Group Report (https://www.w3.org/community/reports/reconciliation/).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.ntbsatudata.domain.errors import SatuDataError
from ckanext.ntbsatudata.domain.kode_referensi.code_list import CodeList, Item
from ckanext.ntbsatudata.domain.kode_referensi.loading import CodeLists
from ckanext.ntbsatudata.domain.kode_referensi.names import Candidate, Match, NameIndex

MOST_QUERIES = 200
LONGEST_QUERY = 200
DEFAULT_LIMIT = 5
MOST_RESULTS = 25
WITHIN = "within"  # the property that narrows a query to what lies below a region


class InvalidQueryError(SatuDataError):
    """A reconciliation request is not put as the standard says."""

    exit_code = 64


def manifest(code_list: CodeList, address: str, language: str = "id") -> dict[str, Any]:
    """Return the service manifest. `address` is the list's own address, without a slash at the end."""
    return {
        "versions": ["0.2"],
        "name": code_list.title.get(language, code_list.title["id"]),
        "identifierSpace": f"{address}/",
        "schemaSpace": f"{address}#",
        "defaultTypes": [_type(code_list, level.id) for level in code_list.levels],
        "view": {"url": f"{address}/{{{{id}}}}"},
        "suggest": {
            "entity": {"service_url": address, "service_path": "/reconcile/suggest/entity"},
            "type": {"service_url": address, "service_path": "/reconcile/suggest/type"},
            "property": {"service_url": address, "service_path": "/reconcile/suggest/property"},
        },
        "extend": {
            "propose_properties": {"service_url": address, "service_path": "/reconcile/properties"},
            "property_settings": [],
        },
    }


def answer(code_list: CodeList, queries: object) -> dict[str, Any]:
    """Return the results of a batch of queries by their keys. Raises `InvalidQueryError`."""
    if not isinstance(queries, Mapping) or not all(isinstance(query, Mapping) for query in queries.values()):
        raise InvalidQueryError('"queries" harus sebuah objek JSON yang berisi objek pertanyaan.')
    if len(queries) > MOST_QUERIES:
        raise InvalidQueryError(f"Paling banyak {MOST_QUERIES} pertanyaan dalam satu permintaan.")
    index = NameIndex.of(code_list)
    return {str(key): {"result": _results(code_list, index, query)} for key, query in queries.items()}


def suggest_entities(code_list: CodeList, prefix: str) -> dict[str, Any]:
    """Return items whose code or name begins with a prefix, then those whose name is like it."""
    prefix = prefix.strip()[:LONGEST_QUERY]
    start = prefix.casefold()
    edition = code_list.edition()
    begins = [item for item in edition if start and (item.code.startswith(prefix) or item.name.casefold().startswith(start))]
    like = [candidate.item for candidate in NameIndex.of(code_list).match(prefix, limit=MOST_RESULTS).candidates]
    found = list(dict.fromkeys(item.code for item in [*begins, *like]))[:MOST_RESULTS]
    entities = [_entity(code_list, edition.item(code)) for code in found]
    return {"result": [{**{key: value for key, value in one.items() if key != "type"}, "notable": one["type"]} for one in entities]}


def suggest_types(code_list: CodeList, prefix: str) -> dict[str, Any]:
    wanted = prefix.strip().casefold()
    return {"result": [_type(code_list, level.id) for level in code_list.levels if level.label.casefold().startswith(wanted)]}


def suggest_properties(code_list: CodeList, prefix: str) -> dict[str, Any]:
    wanted = prefix.strip().casefold()
    return {"result": [found for found in properties(code_list) if str(found["name"]).casefold().startswith(wanted)]}


def properties(code_list: CodeList) -> list[dict[str, str]]:
    """Return what a matched column can be extended with: parent, level, and the list's attributes."""
    own = [
        {"id": "name", "name": "nama"},
        {"id": "parent", "name": "induk"},
        {"id": "level", "name": "tingkat"},
        {"id": WITHIN, "name": "di dalam"},
    ]
    return own + [{"id": attribute, "name": attribute} for attribute in code_list.attributes]


def extend(lists: CodeLists, code_list: CodeList, asked: object) -> dict[str, Any]:
    """Return properties of matched codes; the ids of lists that a bridge leads to are properties too. Raises `InvalidQueryError`."""
    if not isinstance(asked, Mapping) or not isinstance(asked.get("ids"), list) or not isinstance(asked.get("properties"), list):
        raise InvalidQueryError('"extend" harus punya daftar "ids" dan "properties".')
    wanted = [str(one.get("id", "")) for one in asked["properties"] if isinstance(one, Mapping)]
    names = {found["id"]: found["name"] for found in [*properties(code_list), *bridges(lists, code_list)]}
    if unknown := [one for one in wanted if one not in names]:
        raise InvalidQueryError(f"Sifat tidak dikenal: {', '.join(unknown)}.")
    edition = code_list.edition()
    rows = {}
    for code in (str(code) for code in asked["ids"][: MOST_QUERIES * 50]):
        item = edition.find(code)
        rows[code] = {one: [{"str": value} for value in _values(lists, code_list, item, one)] if item else [] for one in wanted}
    return {"meta": [{"id": one, "name": names[one]} for one in wanted], "rows": rows}


def bridges(lists: CodeLists, code_list: CodeList) -> list[dict[str, str]]:
    """Return the lists a bridge leads to, as properties."""
    return [{"id": crosswalk.target, "name": crosswalk.target} for crosswalk in lists.crosswalks if crosswalk.source == code_list.id]


def _results(code_list: CodeList, index: NameIndex, query: Mapping[str, Any]) -> list[dict[str, Any]]:
    text = str(query.get("query") or "").strip()[:LONGEST_QUERY]
    wanted_type = query.get("type")
    levels = [str(one) for one in (wanted_type if isinstance(wanted_type, list) else [wanted_type]) if one]
    levels = [level for level in levels if code_list.level(level) is not None]
    try:
        limit = min(max(int(query.get("limit") or DEFAULT_LIMIT), 1), MOST_RESULTS)
    except (TypeError, ValueError) as error:
        raise InvalidQueryError('"limit" harus bilangan.') from error
    level = levels[0] if len(levels) == 1 else None
    item = index.edition.find(text)
    if item is not None and (level is None or item.level == level):
        return [{**_entity(code_list, item), "score": 100.0, "match": True}]
    match = index.match(text, level=level, within=_within(index, query), limit=limit)
    return [_result(code_list, match, candidate) for candidate in match.candidates]


def _within(index: NameIndex, query: Mapping[str, Any]) -> str | None:
    """The code that the query's property `within` names, by code or by a name that is certain."""
    given = query.get("properties")
    for one in given if isinstance(given, list) else []:
        if isinstance(one, Mapping) and one.get("pid") == WITHIN:
            value = one.get("v")
            value = value[0] if isinstance(value, list) and value else value
            written = str(value.get("id") if isinstance(value, Mapping) else value)[:LONGEST_QUERY]
            if written in index.edition:
                return written
            certain = index.match(written).certain
            return certain.item.code if certain else None
    return None


def _result(code_list: CodeList, match: Match, candidate: Candidate) -> dict[str, Any]:
    certain = match.certain
    return {
        **_entity(code_list, candidate.item),
        "score": candidate.score,
        "match": certain is not None and certain.item.code == candidate.item.code,
    }


def _entity(code_list: CodeList, item: Item) -> dict[str, Any]:
    parent = code_list.edition().find(item.parent) if item.parent else None
    found: dict[str, Any] = {"id": item.code, "name": item.name, "type": [_type(code_list, item.level)]}
    return {**found, "description": f"{item.code}, {parent.name}"} if parent else found


def _type(code_list: CodeList, level_id: str) -> dict[str, str]:
    level = code_list.level(level_id)
    return {"id": level_id, "name": level.label if level else level_id}


def _values(lists: CodeLists, code_list: CodeList, item: Item, wanted: str) -> list[str]:
    if wanted == "name":
        return [item.name]
    if wanted == "parent":
        return [item.parent] if item.parent else []
    if wanted == "level":
        return [item.level]
    if wanted == WITHIN:
        return [above.code for above in code_list.edition().ancestors(item.code)]
    if wanted in code_list.attributes:
        return [item.attributes[wanted]] if wanted in item.attributes else []
    return list(lists.crosswalk(code_list.id, wanted).cross(item.code).targets)
