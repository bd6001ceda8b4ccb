"""Mail about curation through CKAN's mailer, from the queue. A failure is logged by account, never by address."""

from __future__ import annotations

import logging

import ckan.model as model
from ckan.lib import mailer
from ckan.plugins import toolkit

log = logging.getLogger(__name__)


def can_send() -> bool:
    """Whether the portal has a mail server: whoever set one up has named the sender (`smtp.mail_from`)."""
    return bool(toolkit.config.get("smtp.server") and toolkit.config.get("smtp.mail_from"))


def ask_for(user_ids: list[str], subject: str, body: str) -> None:
    """Queue one message to each account; nothing where there is no mail server."""
    if can_send():
        for user_id in user_ids:
            toolkit.enqueue_job(send, [user_id, subject, body], title=f"mail to {user_id}")


def send(user_id: str, subject: str, body: str) -> bool:
    """Send one message; return whether the mail server took it."""
    user = model.User.get(user_id)
    if user is None or user.state != "active" or not user.email:
        log.info("mail: account %s has no address", user_id)
        return False
    try:
        mailer.mail_user(user, subject, body)
    except mailer.MailerException as error:
        log.warning("mail: not sent to account %s: %s", user_id, type(error).__name__)
        return False
    return True


def invite(address: str, link: str) -> None:
    """Queue the mail with the link of an invitation."""
    subject = toolkit._("Invitation to {portal}").format(portal=toolkit.config["ckan.site_title"])
    body = toolkit._("You are invited to take part in the portal. Open this link within seven days; it works once: {link}").format(
        link=link
    )
    toolkit.enqueue_job(send_to_address, [address, subject, body], title="mail of an invitation")


def send_to_address(address: str, subject: str, body: str) -> bool:
    """Send one message to somebody without an account."""
    try:
        mailer.mail_recipient(address, address, subject, body)
    except mailer.MailerException as error:
        log.warning("mail: an invitation was not sent: %s", type(error).__name__)
        return False
    return True
