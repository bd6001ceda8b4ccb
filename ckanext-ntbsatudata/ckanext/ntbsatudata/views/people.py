"""People and roles: who does what, invitations, the page a link of an invitation opens, the accounts of a demonstration."""

from __future__ import annotations

import ckan.model as model
from ckan.plugins import toolkit
from flask import Blueprint, Response, make_response

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.views.answers_of_actions import ask, said_by
from ckanext.ntbsatudata.views.forms_of_answer import refuse

people = Blueprint("ntbsatudata_people", __name__)
__all__ = ["people"]

# Who is who in a demonstration (`ckan ntbsatudata account make --demo`).
_SAMPLES = (
    ("produsen", Role.PRODUSEN_DATA), ("pendukung", Role.WALIDATA_PENDUKUNG), ("walidata", Role.WALIDATA), ("pembina", Role.PEMBINA_DATA),
    ("forum", Role.FORUM_SECRETARIAT), ("program", Role.PROGRAMME_OPERATOR), ("admin", Role.SYSTEM_OPERATOR),
)  # fmt: skip


@people.route("/kurasi/orang", endpoint="index", methods=["GET", "POST"])
def index() -> Response | str:
    """Who holds which role; invite somebody, revoke an invitation."""
    made, errors, form = None, "", toolkit.request.form
    invitations = ask("ntbsatudata_invitation_list")
    if toolkit.request.method == "POST":
        try:
            if form.get("revoke"):
                toolkit.get_action("ntbsatudata_invitation_revoke")({}, {"id": form["revoke"]})
            else:
                role, _, subject = form.get("place", "").partition(":")
                made = toolkit.get_action("ntbsatudata_invitation_create")(
                    {}, {"role": role, "subject": subject, "note": form.get("note", ""), "email": form.get("email", "").strip()}
                )
        except toolkit.ValidationError as error:
            errors = said_by(error)
        invitations = ask("ntbsatudata_invitation_list")
    agencies = toolkit.get_action("organization_list")({}, {"all_fields": True, "limit": 1000})
    topics = [(item.code, item.name) for item in CodeLists.load(config.schema_folder()).get("topik").edition()]
    names = {one["id"]: one["display_name"] for one in agencies} | dict(topics)
    response = make_response(
        toolkit.render(
            "curation/people.html",
            {
                "made": made, "errors": errors, "invitations": invitations, "grants": ask("ntbsatudata_role_list"), "agencies": agencies,
                "topics": topics, "names": names,
            },
        )
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"  # the link is shown once
    return response


@people.route("/undangan/<token>", endpoint="invited", methods=["GET", "POST"])
def invited(token: str) -> Response | str:
    """What somebody is invited to; taking it makes the account, or uses the one that is logged in."""
    try:
        invitation = toolkit.get_action("ntbsatudata_invitation_show")({}, {"token": token})
    except toolkit.ValidationError as error:
        refuse(410, said_by(error))
    errors: dict[str, list[str]] = {}
    if toolkit.request.method == "POST":
        form = toolkit.request.form
        data = {name: form.get(name, "") for name in ("name", "fullname", "email", "password")}
        try:
            taken = toolkit.get_action("ntbsatudata_invitation_accept")({"user": toolkit.current_user.name}, {"token": token, **data})
        except toolkit.ValidationError as error:
            errors = {name: list(map(str, said)) for name, said in error.error_dict.items() if name != "code"}
        else:
            toolkit.h.flash_success(toolkit._("Welcome. Log in as {name}.").format(name=taken["user"]))
            return toolkit.redirect_to("ntbsatudata_curation.queue")
    group = model.Group.get(invitation["subject"]) if invitation["subject"] else None
    place = (
        group.title
        if group is not None
        else toolkit.h.ntbsatudata_code_labels("topik", invitation["subject"])
        if invitation["subject"]
        else ""
    )
    response = make_response(
        toolkit.render("curation/invited.html", {"invitation": invitation, "place": place, "errors": errors, "given": toolkit.request.form})
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return response


@people.route("/peragaan", endpoint="samples")
def samples() -> str:
    """Who may try what in a demonstration portal."""
    if not config.demo():
        refuse(404, toolkit._("There is no such page."))
    return toolkit.render("curation/samples.html", {"samples": [(name, role.value) for name, role in _SAMPLES]})
