"""Who hears of a decision, and in which words."""

from __future__ import annotations

import ckan.model as model
from ckan.plugins import toolkit
from sqlalchemy import select

from ckanext.ntbsatudata.domain.curation.decisions import Decision
from ckanext.ntbsatudata.domain.curation.roles import Role
from ckanext.ntbsatudata.domain.curation.states import State
from ckanext.ntbsatudata.jobs import curation_mail
from ckanext.ntbsatudata.logic import curation_access as access
from ckanext.ntbsatudata.logic import curation_words
from ckanext.ntbsatudata.model.curation import Revision, RoleGrant


def tell(revision: Revision, decision: Decision) -> None:
    """Queue a mail to each who should hear of a decision, but not to who made it."""
    hearers = hearers_of(revision, decision)
    if not hearers:
        return
    state = curation_words.state(revision.state)
    subject = toolkit._("{title}: {state}").format(title=revision.title, state=state)
    link = toolkit.url_for("ntbsatudata_curation.read", revision_id=revision.id, _external=True)
    said = toolkit._("Reason: {reason}").format(reason=decision.reason) if decision.reason else ""
    curation_mail.ask_for(hearers, subject, "\n\n".join(part for part in (subject, said, link) if part))


def hearers_of(revision: Revision, decision: Decision) -> list[str]:
    """Return the ids of the accounts: authors stand for the producers, grants for the roles of the portal."""
    roles = set(decision.transition.notifies)
    if decision.target is State.AWAITING_PEMBINA:
        roles.add(Role.PEMBINA_DATA)
    heard = set(revision.authors) if Role.PRODUSEN_DATA in roles else set()
    subjects = {"", revision.owner_org, *access.subjects_of(revision)}
    portal_wide = [role.value for role in (Role.WALIDATA, Role.PEMBINA_DATA) if role in roles]
    for grant in model.Session.scalars(select(RoleGrant).where(RoleGrant.role.in_(portal_wide))):
        if grant.subject in subjects:
            heard.add(grant.user_id)
    return sorted(heard - {decision.actor})
