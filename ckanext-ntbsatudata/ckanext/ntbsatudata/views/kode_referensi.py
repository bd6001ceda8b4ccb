"""`/kode-referensi`: the code lists for people and programs, and the reconciliation service for OpenRefine."""

from __future__ import annotations

import json
from typing import Any

from ckan.lib.pagination import Page
from ckan.plugins import toolkit
from flask import Blueprint, Response

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.errors import NotFoundError
from ckanext.ntbsatudata.domain.kode_referensi import CodeList, CodeLists
from ckanext.ntbsatudata.domain.kode_referensi import publishing as form
from ckanext.ntbsatudata.domain.kode_referensi.boundaries import FOLDER, Boundaries, described
from ckanext.ntbsatudata.domain.kode_referensi.boundaries import load as load_boundaries
from ckanext.ntbsatudata.views import forms_of_answer

kode_referensi = Blueprint("ntbsatudata_kode_referensi", __name__)

PAGE = 200  # items on a page
LIST_FORMS = ("html", "json", "csv", "ttl", "jsonld")
ITEM_FORMS = ("html", "json")
DATA_FIRST = ("json", "html", "csv", "ttl", "jsonld")
MAP_WIDTH = 720


def _action(name: str, **data: Any) -> Any:
    """Call one of our actions; a wrong request and an unknown thing become their HTTP answers."""
    asked = {key: value for key, value in data.items() if value not in (None, "")}
    try:
        return toolkit.get_action(f"ntbsatudata_kode_referensi_{name}")({}, asked)
    except toolkit.ObjectNotFound as error:
        forms_of_answer.refuse(404, str(error.message))
    except toolkit.ValidationError as error:
        forms_of_answer.refuse(400, forms_of_answer.sentence_of(error))


def _lists() -> CodeLists:
    return CodeLists.load(config.schema_folder())


def _list(list_id: str) -> CodeList:
    try:
        return _lists().get(list_id)
    except NotFoundError as error:
        forms_of_answer.refuse(404, str(error))


def _json(value: Any) -> Response:
    return forms_of_answer.answer(json.dumps(value, ensure_ascii=False), "json")


def _address(endpoint: str = "index", **values: Any) -> str:
    """The address without a language in it: identifiers are the same for all readers."""
    return str(toolkit.url_for(f"ntbsatudata_kode_referensi.{endpoint}", qualified=True, locale="default", **values))


@kode_referensi.route("/kode-referensi", endpoint="index", defaults={"offered": ITEM_FORMS})
@kode_referensi.route("/kode-referensi.json", endpoint="index_json", defaults={"offered": ("json",)})
@kode_referensi.route("/codelist", endpoint="codelist_index", defaults={"offered": ("json", "html")})
def index(offered: tuple[str, ...]) -> Response | str:
    """Show all lists."""
    lists = _action("list")
    if forms_of_answer.accepted(offered) == "json":
        return _json(lists)
    in_order = sorted(lists, key=lambda one: (len(one["levels"]) == 1, one["title"]["id"]))  # hierarchies first
    return toolkit.render("kode_referensi/index.html", {"lists": in_order})


@kode_referensi.route("/kode-referensi/resolve", endpoint="resolve_any", defaults={"list_id": None, "offered": ITEM_FORMS})
@kode_referensi.route("/kode-referensi/resolve.json", endpoint="resolve_any_json", defaults={"list_id": None, "offered": ("json",)})
@kode_referensi.route("/kode-referensi/<list_id>/resolve", endpoint="resolve", defaults={"offered": ITEM_FORMS})
@kode_referensi.route("/kode-referensi/<list_id>/resolve.json", endpoint="resolve_json", defaults={"offered": ("json",)})
@kode_referensi.route("/resolve", endpoint="resolve_short", defaults={"list_id": None, "offered": ("json", "html")})
@kode_referensi.route("/codelist/resolve", endpoint="codelist_resolve", defaults={"list_id": None, "offered": ("json", "html")})
@kode_referensi.route("/codelist/<list_id>/resolve", endpoint="codelist_list_resolve", defaults={"offered": ("json", "html")})
def resolve(list_id: str | None, offered: tuple[str, ...]) -> Response | str:
    """Say what became of a code, at a date or a version, and what the same place is called elsewhere."""
    asked = toolkit.request.args
    found = _action(
        "resolve",
        code=asked.get("code", "").strip(),
        list=list_id or asked.get("list"),
        at=asked.get("at") or asked.get("date"),
        version=asked.get("version"),
        from_version=asked.get("from_version"),
    )
    if forms_of_answer.accepted(offered) == "json":
        return _json(found)
    return toolkit.render("kode_referensi/resolve.html", {"found": found, "code_list": form.described_list(_list(found["list"]))})


@kode_referensi.route("/kode-referensi/<name>", endpoint="read", defaults={"offered": LIST_FORMS})
@kode_referensi.route("/codelist/<name>", endpoint="codelist_read", defaults={"offered": DATA_FIRST})
def read(name: str, offered: tuple[str, ...]) -> Response | str:
    """Show one list at a version or a date, whole for programs, in pages for people."""
    list_id, wanted = forms_of_answer.split(name, offered)
    asked = toolkit.request.args
    level, within = asked.get("level"), asked.get("within")
    found = _action("show", id=list_id, version=asked.get("version"), date=asked.get("date"), level=level, within=within)
    if wanted == "json":
        return _json(found)
    code_list = _list(list_id)
    edition = code_list.edition(found["version"])
    items = [edition.item(item["code"]) for item in found["items"]]
    if wanted == "csv":
        return forms_of_answer.answer(form.as_rows(code_list, items), "csv", f"{code_list.id}.csv")
    if wanted in ("ttl", "jsonld"):
        skos = json.dumps(form.as_skos(_lists(), code_list, edition, items, _address()), ensure_ascii=False)
        return forms_of_answer.answer(skos if wanted == "jsonld" else _turtle(skos), wanted, f"{code_list.id}.{wanted}")
    return toolkit.render("kode_referensi/read.html", {**_page(found, code_list), "map": _map(code_list, found)})


def _page(found: dict[str, Any], code_list: CodeList) -> dict[str, Any]:
    """One page of a list: the items of a search in it, or of all of it."""
    words = toolkit.request.args.get("q", "").strip()
    items = found["items"]
    if words:
        plain = words.casefold()
        items = [item for item in items if plain in f"{item['code']} {item['name']} {' '.join(item['aliases'])}".casefold()]
    number = max(toolkit.h.get_page_number(toolkit.request.args), 1)
    kept = {key: value for key, value in toolkit.request.args.items() if key != "page"}
    pager = Page(
        collection=items,
        page=number,
        item_count=len(items),
        items_per_page=PAGE,
        url=lambda page, **_more: toolkit.url_for("ntbsatudata_kode_referensi.read", name=code_list.id, page=page, **kept),
    )
    return {"code_list": found, "items": pager.items, "found": len(items), "pager": pager, "words": words, "asked": kept}


def _map(code_list: CodeList, found: dict[str, Any]) -> dict[str, Any] | None:
    """The outlines of the highest level that has boundaries, for the version in force and a list that is not narrowed."""
    if found["version"] != found["current_version"] or toolkit.request.args.get("page"):
        return None
    boundaries = _boundaries(code_list, "kabupaten_kota", page=True)
    if boundaries is None:
        return None
    edition = code_list.edition()
    regions = [{"code": code, "name": edition.item(code).name, "path": path} for code, path in boundaries.as_paths(MAP_WIDTH).items()]
    return {"regions": regions, "width": MAP_WIDTH, "height": boundaries.height(MAP_WIDTH)}


def _boundaries(code_list: CodeList, level: str, *, page: bool) -> Boundaries | None:
    """The stored boundaries of a list; None when none are stored for it."""
    folder = config.schema_folder()
    if described(folder)["list"] != code_list.id or f"{FOLDER}/{level}.geojson" not in folder.names(FOLDER, ".geojson"):
        return None
    return load_boundaries(folder, code_list.edition(), level, page=page)


@kode_referensi.route("/kode-referensi/<list_id>/boundaries/<level>.geojson", endpoint="boundaries")
def boundaries(list_id: str, level: str) -> Response:
    """The boundaries of one level as GeoJSON; `?size=page` gives the small ones that a page draws."""
    code_list = _list(list_id)
    found = _boundaries(code_list, level, page=toolkit.request.args.get("size") == "page")
    if found is None:
        forms_of_answer.refuse(404, toolkit._("There are no boundaries for this level."))
    response = forms_of_answer.answer(json.dumps(found.as_geojson(code_list.edition()), ensure_ascii=False, separators=(",", ":")), "json")
    response.content_type = "application/geo+json"
    return response


@kode_referensi.route("/kode-referensi/<list_id>/differences", endpoint="differences", defaults={"offered": ITEM_FORMS})
@kode_referensi.route("/kode-referensi/<list_id>/differences.json", endpoint="differences_json", defaults={"offered": ("json",)})
def differences(list_id: str, offered: tuple[str, ...]) -> Response | str:
    """Show what changed between two versions, the last two by default."""
    code_list = _list(list_id)
    before = code_list.versions[-2] if len(code_list.versions) > 1 else code_list.versions[-1]
    asked = toolkit.request.args
    found = _action("differences", id=code_list.id, old=asked.get("old") or before.id, new=asked.get("new") or code_list.current.id)
    if forms_of_answer.accepted(offered) == "json":
        return _json(found)
    return toolkit.render("kode_referensi/differences.html", {"found": found, "code_list": form.described_list(code_list)})


@kode_referensi.route("/kode-referensi/<list_id>/match", endpoint="match", methods=["GET", "POST"])
def match(list_id: str) -> str:
    """Match the names a user pastes, one a line; nothing of them is kept."""
    code_list = form.described_list(_list(list_id))
    asked = toolkit.request.form
    names = [line.strip() for line in asked.get("names", "").splitlines() if line.strip()]
    matches = _action("match", id=code_list["id"], names=names, level=asked.get("level")) if names else []
    return toolkit.render(
        "kode_referensi/match.html", {"code_list": code_list, "matches": matches, "names": names, "level": asked.get("level")}
    )


@kode_referensi.route("/kode-referensi/<list_id>/<code>", endpoint="item")
def item(list_id: str, code: str) -> Response | str:
    """Show one code: its name, its place, its history, its codes in other systems."""
    code, wanted = forms_of_answer.split(code, ITEM_FORMS)
    code_list = _list(list_id)
    found = _action("resolve", code=code, list=code_list.id)
    if wanted == "json":
        return _json(found)
    edition = code_list.edition()
    present = edition.find(code)
    return toolkit.render(
        "kode_referensi/item.html",
        {
            "found": found,
            "code_list": form.described_list(code_list),
            "past": [form.described_item(code_list, past) | {"since": past.since, "until": past.until} for past in code_list.history(code)],
            "present": form.described_item(code_list, present) if present else None,
            "above": [form.described_item(code_list, above) for above in reversed(edition.ancestors(code))] if present else [],
            "below": [form.described_item(code_list, below) for below in edition.children(code)],
        },
    )


def _turtle(skos: str) -> str:
    from rdflib import Graph

    return Graph().parse(data=skos, format="json-ld").serialize(format="turtle")


__all__ = ["kode_referensi"]
