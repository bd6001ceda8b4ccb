"""Quality, shown and not hidden: `/mutu` lists the datasets, `/mutu/<id>` says what one earned and what would raise it."""

from __future__ import annotations

import json

from ckan.plugins import toolkit
from flask import Blueprint, Response

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.quality import Scales, TimelinessState
from ckanext.ntbsatudata.views.forms_of_answer import answer, refuse, split

quality = Blueprint("ntbsatudata_quality", __name__)
__all__ = ["quality"]

FORMS = ("html", "json")
PAGE = 50


@quality.route("/mutu", endpoint="index")
@quality.route("/mutu.json", endpoint="index_json")
def index() -> Response | str:
    """The datasets with their scores, the poorest first; of one agency with `?agency=`."""
    agency = toolkit.request.args.get("agency") or None
    page = max(1, toolkit.request.args.get("page", 1, type=int))
    try:
        found = toolkit.get_action("ntbsatudata_quality_list")({}, {"owner_org": agency, "limit": PAGE + 1, "offset": PAGE * (page - 1)})
    except toolkit.ObjectNotFound as error:
        refuse(404, str(error))
    _name, wanted = split(str(toolkit.request.path), FORMS)
    if wanted == "json":
        return answer(json.dumps(found[:PAGE], ensure_ascii=False, indent=2), "json")
    agencies = toolkit.get_action("organization_list")({}, {"all_fields": True, "include_dataset_count": False})
    return toolkit.render(
        "metadata/quality_index.html",
        {
            "found": found[:PAGE],
            "more": len(found) > PAGE,
            "page": page,
            "agency": agency,
            "agencies": agencies,
            "scales": _scales(),
            "states": _states(),
        },
    )


@quality.route("/mutu/<name>", endpoint="read")
def read(name: str) -> Response | str:
    """The report on one dataset."""
    dataset_id, wanted = split(name, FORMS)
    try:
        report = toolkit.get_action("ntbsatudata_quality_show")({}, {"id": dataset_id})
    except toolkit.ObjectNotFound:
        refuse(404, toolkit._("There is no such dataset."))
    except toolkit.NotAuthorized:
        refuse(403, toolkit._("You may not see this."))
    if wanted == "json":
        return answer(json.dumps(report, ensure_ascii=False, indent=2), "json")
    return toolkit.render("metadata/quality.html", {"report": report, "scales": _scales(), "states": _states()})


def _scales() -> Scales:
    return Scales.of(config.schema_folder())


def _states() -> dict[str, dict[str, str]]:
    return {state.value: dict(state.label) for state in TimelinessState}
