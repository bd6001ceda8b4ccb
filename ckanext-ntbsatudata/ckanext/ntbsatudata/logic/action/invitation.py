"""Invitations to roles for programs: the walidata invites, a secret link brings somebody in, once, until it expires."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta, timezone
from typing import Any, NoReturn

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict
from sqlalchemy import select, update

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.problems import Problem
from ckanext.ntbsatudata.jobs import curation_mail
from ckanext.ntbsatudata.logic import curation_access as access
from ckanext.ntbsatudata.logic import curation_shown as shown
from ckanext.ntbsatudata.logic.curation_guard import refusal
from ckanext.ntbsatudata.model.invitation import Invitation

__all__ = ["ntbsatudata_invitation_accept", "ntbsatudata_invitation_create", "ntbsatudata_invitation_list", "ntbsatudata_invitation_revoke", "ntbsatudata_invitation_show"]  # fmt: skip

DAYS_VALID = 7
OF_AN_AGENCY = {Role.PRODUSEN_DATA: "editor", Role.WALIDATA_PENDUKUNG: "admin"}
OF_THE_PORTAL = (Role.WALIDATA, Role.PEMBINA_DATA, Role.FORUM_SECRETARIAT, Role.PROGRAMME_OPERATOR)


def ntbsatudata_invitation_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Invite somebody to `role`, of the agency or subject `subject`. With a mail server and `email` the link is sent, else it is `link`.

    The link is shown this once: only its hash is kept.
    """
    user = access.require_role_giver(context)
    role, subject = _role(data_dict)
    secret, now = secrets.token_urlsafe(32), datetime.now(timezone.utc)
    invitation = Invitation(
        token_hash=_hash(secret), role=role.value, subject=subject, note=str(data_dict.get("note") or "")[:200], invited_by=user.id,
        created_at=now, expires_at=now + timedelta(days=DAYS_VALID),
    )  # fmt: skip
    model.Session.add(invitation)
    model.Session.commit()
    link = toolkit.url_for("ntbsatudata_people.invited", token=secret, _external=True)
    sent = bool(data_dict.get("email")) and curation_mail.can_send()
    if sent:
        curation_mail.invite(str(data_dict["email"]), link)
    return {**_shown(invitation), "sent": sent, "link": None if sent else link}


@toolkit.side_effect_free
def ntbsatudata_invitation_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return the invitations, the newest first, without their links. For those who may invite."""
    access.require_role_giver(context)
    return [_shown(each) for each in model.Session.scalars(select(Invitation).order_by(Invitation.created_at.desc()).limit(200))]


def ntbsatudata_invitation_revoke(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Revoke invitation `id`, so that its link opens nothing."""
    access.require_role_giver(context)
    invitation = model.Session.get(Invitation, toolkit.get_or_bust(data_dict, "id"))
    if invitation is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such invitation."))
    invitation.revoked_at = invitation.revoked_at or datetime.now(timezone.utc)
    model.Session.commit()
    return _shown(invitation)


@toolkit.side_effect_free
@toolkit.auth_allow_anonymous_access
def ntbsatudata_invitation_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return what the link's secret `token` invites to. Refused when it was used, revoked, or has expired."""
    return _shown(_valid(str(toolkit.get_or_bust(data_dict, "token"))))


def ntbsatudata_invitation_accept(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take the role that `token` invites to: with the account that is logged in, or with a new one (`name`, `fullname`, `email`, `password`)."""
    token = str(toolkit.get_or_bust(data_dict, "token"))
    invitation = _valid(token)
    account = model.User.get(context.get("user") or "")
    site = {"user": toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"], "ignore_auth": True}
    if account is None:
        wanted = {name: data_dict.get(name) for name in ("name", "fullname", "email", "password")}
        made = toolkit.get_action("user_create")({**site, "defer_commit": True}, wanted)
        account = model.User.get(made["id"])
    now = datetime.now(timezone.utc)
    taken = model.Session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now)
        .values(used_by=account.id, used_at=now)
    )
    if taken.rowcount != 1:  # somebody else was faster
        model.Session.rollback()
        _refuse("invitation-used")
    model.Session.commit()
    role = Role(invitation.role)
    if role in OF_AN_AGENCY:
        member = {"id": invitation.subject, "username": account.name, "role": OF_AN_AGENCY[role]}
        toolkit.get_action("organization_member_create")({**site}, member)
    else:
        giver = shown.user_name(invitation.invited_by)
        grant = {"user": account.name, "role": role.value, "subject": invitation.subject}
        toolkit.get_action("ntbsatudata_role_grant")({"user": giver}, grant)
    return {"user": account.name, "role": role.value, "subject": invitation.subject}


def _role(data_dict: DataDict) -> tuple[Role, str]:
    name, subject = str(data_dict.get("role") or ""), str(data_dict.get("subject") or "")
    known = {role.value: role for role in (*OF_AN_AGENCY, *OF_THE_PORTAL)}
    if name not in known:
        raise toolkit.ValidationError({"role": [", ".join(sorted(known))]})
    role = known[name]
    agency = model.Group.get(subject) if subject else None
    is_agency = agency is not None and agency.is_organization and agency.state == "active"
    topics = {item.code for item in CodeLists.load(config.schema_folder()).get("topik").edition()}
    if role in OF_AN_AGENCY or role is Role.PROGRAMME_OPERATOR:
        fits = is_agency
    elif role is Role.PEMBINA_DATA:
        fits = not subject or subject in topics or is_agency
    else:
        fits = not subject
    if not fits:
        raise refusal(Problem("invitation-place", field="subject"), "subject")
    return role, str(agency.id) if is_agency and agency is not None else subject


def _valid(token: str) -> Invitation:
    invitation = model.Session.scalar(select(Invitation).where(Invitation.token_hash == _hash(token)))
    if invitation is None:
        _refuse("invitation-unknown")
    if invitation.used_at is not None:
        _refuse("invitation-used")
    if invitation.revoked_at is not None:
        _refuse("invitation-revoked")
    if invitation.expires_at <= datetime.now(timezone.utc):
        _refuse("invitation-expired")
    return invitation


def _refuse(code: str) -> NoReturn:
    raise refusal(Problem(code), "token")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _shown(invitation: Invitation) -> dict[str, Any]:
    now = datetime.now(timezone.utc)
    state = "used" if invitation.used_at else "revoked" if invitation.revoked_at else "expired" if invitation.expires_at <= now else "open"
    return {
        "id": invitation.id, "role": invitation.role, "subject": invitation.subject, "note": invitation.note, "state": state,
        "invited_by": shown.user_name(invitation.invited_by), "expires_at": invitation.expires_at.isoformat(),
        "used_by": shown.user_name(invitation.used_by) if invitation.used_by else None,
    }  # fmt: skip
