"""The layers the portal wraps around CKAN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckan.plugins import toolkit
from flask import has_request_context, request

import ckanext.ntbsatudata.config as settings
from ckanext.ntbsatudata.middleware import session
from ckanext.ntbsatudata.middleware.page_cache import PageCache
from ckanext.ntbsatudata.middleware.reading import ReadingMiddleware
from ckanext.ntbsatudata.model import catalogue_version

if TYPE_CHECKING:
    from ckan.common import CKANConfig
    from ckan.types import CKANApp

LONGEST_KEPT_SECONDS = 300  # what a page says of the clock ("two days ago") may lag by this much


def wrap(app: CKANApp, config: CKANConfig) -> CKANApp:
    """Return the same application with our layers around it; in debugging, no page is kept."""
    catalogue_version.watch()
    session.prepare(app)
    most_bytes = 0 if app.debug else settings.page_cache_bytes()
    app.wsgi_app = ReadingMiddleware(
        app.wsgi_app,
        PageCache(most_bytes, LONGEST_KEPT_SECONDS) if most_bytes else None,
        catalogue_version.current,
        token_header=config["apitoken_header_name"],
        cookies=(app.config["SESSION_COOKIE_NAME"], app.config.get("REMEMBER_COOKIE_NAME", "remember_token")),
    )
    return app


def notice_action(action: str, **_details: object) -> None:
    """Take note that an action changed something, when it is one that may; for CKAN's signal `action_succeeded`.

    The search index and the DataStore lie outside the transaction that stamps the catalogue. Reading a page changes neither, though it
    may call actions that CKAN does not declare harmless.
    """
    reads = has_request_context() and request.method in ("GET", "HEAD")
    if not reads and not getattr(toolkit.get_action(action), "side_effect_free", False):
        catalogue_version.note_change()
