"""What the things of curation are called on pages and in mails, in the language of the reader."""

from __future__ import annotations

from ckan.plugins import toolkit


def state(name: str) -> str:
    """Return what a state of curation is called."""
    return {
        "planned": toolkit._("planned"), "draft": toolkit._("draft"), "submitted": toolkit._("submitted"), "in_review": toolkit._("in review"),
        "returned": toolkit._("returned"), "awaiting_pembina": toolkit._("awaiting the pembina data"), "approved": toolkit._("approved"),
        "published": toolkit._("published"), "discarded": toolkit._("discarded"), "withdrawn": toolkit._("withdrawn"),
    }[name]  # fmt: skip


def move(name: str) -> str:
    """Return what a decision of curation is called on its button."""
    return {
        "start": toolkit._("Start"), "submit": toolkit._("Submit"), "recall": toolkit._("Recall"), "discard": toolkit._("Discard"),
        "take": toolkit._("Begin the review"), "return": toolkit._("Return with a reason"), "approve": toolkit._("Approve"),
        "confirm": toolkit._("Confirm"), "publish": toolkit._("Publish"), "withdraw": toolkit._("Withdraw"),
    }[name]  # fmt: skip


def principle(name: str) -> str:
    """Return the name of a principle of Satu Data."""
    return {
        "standar_data": toolkit._("Standar data"), "metadata": toolkit._("Metadata"),
        "interoperabilitas_data": toolkit._("Interoperability"), "kode_referensi": toolkit._("Kode referensi"),
    }[name]  # fmt: skip


def event(name: str) -> str:
    """Return what an entry of the record of decisions says."""
    return {
        "revision_begun": toolkit._("Revision begun"), "revision_started": toolkit._("Revision started"),
        "revision_submitted": toolkit._("Submitted"), "revision_recalled": toolkit._("Recalled"), "revision_discarded": toolkit._("Discarded"),
        "review_taken": toolkit._("Review begun"), "revision_returned": toolkit._("Returned"), "revision_approved": toolkit._("Approved"),
        "revision_confirmed": toolkit._("Confirmed by the pembina data"), "release_published": toolkit._("Published"),
        "release_adopted": toolkit._("Taken over as a release"), "release_withdrawn": toolkit._("Withdrawn"),
    }[name]  # fmt: skip


def role(name: str) -> str:
    """Return the name of a role."""
    return {
        "produsen_data": toolkit._("Produsen data"), "walidata_pendukung": toolkit._("Walidata pendukung"), "walidata": toolkit._("Walidata"),
        "pembina_data": toolkit._("Pembina data"), "forum_secretariat": toolkit._("Forum secretariat"),
        "programme_operator": toolkit._("Programme operator"), "system_operator": toolkit._("System operator"), "public": toolkit._("Public"),
    }[name]  # fmt: skip


def role_duty(name: str) -> str:
    """Return what somebody in a role does here."""
    return {
        "produsen_data": toolkit._("Makes datasets of the agency, submits them, mends what is returned."),
        "walidata_pendukung": toolkit._("Helps inside the agency: edits and submits for colleagues."),
        "walidata": toolkit._("Checks what was submitted, returns or approves it, publishes, invites people."),
        "pembina_data": toolkit._("Gives data prioritas of the subject their second check."),
        "forum_secretariat": toolkit._("Follows everything that is under way; changes nothing."),
        "programme_operator": toolkit._("Hands in the protected tables of a programme."),
        "system_operator": toolkit._("Keeps the portal running and makes accounts; decides nothing about data."),
        "public": toolkit._("Reads what is published, without an account."),
    }[name]  # fmt: skip


def check(name: str) -> str:
    """Return the name of an automatic check."""
    return {
        "metadata": toolkit._("Metadata"), "table_and_codes": toolkit._("Table and codes"), "personal_data": toolkit._("Personal data"),
        "format": toolkit._("Format and content"), "links": toolkit._("Links"),
    }[name]  # fmt: skip
