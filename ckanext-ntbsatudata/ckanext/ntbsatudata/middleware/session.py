"""What the portal says of its own answers, and the token against forged forms, which only those who log in need.

CKAN writes the token on every page, which gives every reader a session cookie and makes no two pages alike. It never checks it for
an anonymous reader, who has no session that a forged form could use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckan.common import current_user
from ckan.config.middleware.flask_app import csrf
from flask import g, request, session
from flask_wtf.csrf import generate_csrf

from ckanext.ntbsatudata.middleware import login
from ckanext.ntbsatudata.middleware.headers import Audience, attach
from ckanext.ntbsatudata.middleware.reading import AUDIENCE
from ckanext.ntbsatudata.model import catalogue_version

if TYPE_CHECKING:
    from ckan.types import CKANApp, Response

ASSET_ENDPOINTS = ("static", "webassets.index")
LOGIN_ENDPOINTS = ("user.login", "user.register", "user.request_reset", "user.perform_reset")


def csrf_token() -> str:
    """Return the token for the forms of a user or of the login pages, and nothing for a reader."""
    if current_user.is_anonymous and request.endpoint not in LOGIN_ENDPOINTS:
        return ""
    token: str = generate_csrf()
    return token


def prepare(app: CKANApp) -> None:
    """Hook the rules of this module into the application."""
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.context_processor(lambda: {"csrf_token": csrf_token})
    app.before_request(login.refuse_guessing)
    app.before_request(check_forged_form(app, declared=frozenset(csrf._exempt_views)))
    app.after_request(describe_answer)


def check_forged_form(app: CKANApp, declared: frozenset[str]):
    """Return a hook that checks the token of every form a logged-in user sends, save to views declared exempt at start.

    CKAN 2.12.0 lifts the check for anonymous readers and token holders by exempting the *view*, and for good
    (`ckan_before_request`): one anonymous request would disarm it for everybody until the server restarts (CVE-2026-41255).
    """

    def check() -> None:
        view = app.view_functions.get(request.endpoint or "")
        name = f"{view.__module__}.{view.__name__}" if view else ""
        if view is None or name in declared or not app.config["WTF_CSRF_ENABLED"]:
            return
        csrf._exempt_views.discard(name)
        if not g.get("login_via_auth_header") and not g.get("csrf_valid"):
            csrf.protect()

    return check


def describe_answer(response: Response) -> Response:
    """Say for whom the answer is, make uploaded files attachments, and stamp what the request changed."""
    catalogue_version.advance_if_noted()
    if response.status_code in (200, 206) and _is_upload():
        attach(response.headers)
    if request.endpoint in ASSET_ENDPOINTS:
        request.environ[AUDIENCE] = Audience.ASSET
    elif current_user.is_anonymous and not session:
        request.environ[AUDIENCE] = Audience.PUBLIC
    return response


def _is_upload() -> bool:
    """Whether the answer is a file that somebody uploaded: to a dataset, as a file of its own, or as the picture of an agency."""
    endpoint = request.endpoint or ""
    return endpoint.endswith("resource.download") or request.blueprint == "file" or request.path.startswith("/uploads/")
