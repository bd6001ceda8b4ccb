"""`/kode-referensi/<list>/reconcile`: the W3C Reconciliation Service API 0.2, for OpenRefine and its kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ckan.plugins import toolkit
from flask import Blueprint, Response

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.errors import NotFoundError
from ckanext.ntbsatudata.domain.kode_referensi import CodeList, CodeLists
from ckanext.ntbsatudata.domain.kode_referensi import reconciliation as service
from ckanext.ntbsatudata.views import forms_of_answer

reconciliation = Blueprint("ntbsatudata_reconciliation", __name__, url_prefix="/kode-referensi/<list_id>/reconcile")

MOST_BYTES = 2_000_000  # of one request


def _lists() -> CodeLists:
    return CodeLists.load(config.schema_folder())


def _answer(list_id: str, ask: Callable[[CodeList], Any]) -> Response:
    """The answer of the service as JSON; what is put wrongly is a 400 with its sentence."""
    try:
        found, status = ask(_lists().get(list_id)), 200
    except NotFoundError as error:
        found, status = {"status": "error", "message": str(error)}, 404
    except service.InvalidQueryError as error:
        found, status = {"status": "error", "message": str(error)}, 400
    response = forms_of_answer.answer(json.dumps(found, ensure_ascii=False), "json")
    response.status_code = status
    return response


def _parsed(text: str) -> Any:
    if len(text) > MOST_BYTES:
        raise service.InvalidQueryError(f"Permintaan lebih dari {MOST_BYTES} huruf.")
    try:
        return json.loads(text)
    except ValueError as error:
        raise service.InvalidQueryError("Permintaan bukan JSON yang terbaca.") from error


@reconciliation.route("", endpoint="service", methods=["GET", "POST"])
def service_(list_id: str) -> Response:
    """The manifest, or the answers to `queries`, or the properties asked by `extend`."""
    asked = toolkit.request.values

    def ask(code_list: CodeList) -> Any:
        if "queries" in asked:
            return service.answer(code_list, _parsed(asked["queries"]))
        if "extend" in asked:
            return service.extend(_lists(), code_list, _parsed(asked["extend"]))
        address = toolkit.url_for("ntbsatudata_kode_referensi.read", name=code_list.id, qualified=True, locale="default")
        return service.manifest(code_list, str(address), toolkit.h.lang())

    return _answer(list_id, ask)


@reconciliation.route("/suggest/<kind>", endpoint="suggest")
def suggest(list_id: str, kind: str) -> Response:
    """Complete what a user types: an entity, a type or a property."""
    ways = {"entity": service.suggest_entities, "type": service.suggest_types, "property": service.suggest_properties}
    if kind not in ways:
        return toolkit.abort(404)
    return _answer(list_id, lambda code_list: ways[kind](code_list, toolkit.request.args.get("prefix", "")))


@reconciliation.route("/properties", endpoint="properties")
def properties(list_id: str) -> Response:
    """What a matched column can be extended with."""

    def ask(code_list: CodeList) -> Any:
        return {"properties": [*service.properties(code_list), *service.bridges(_lists(), code_list)]}

    return _answer(list_id, ask)


__all__ = ["reconciliation"]
