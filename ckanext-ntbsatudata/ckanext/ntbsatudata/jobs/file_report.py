"""The nightly report on files: is each uploaded file of a public dataset what its format says, is it there, is its table sound."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any

import ckan.model as model

from ckanext.ntbsatudata.jobs import file_check

log = logging.getLogger(__name__)


def look_at_all() -> dict[str, int]:
    """Look at every uploaded file that nobody has looked at since it changed; return how many files have a problem, by its code.

    `files` counts all of them. A run cut short is carried on by the next: what was found is kept for each file.
    """
    told: Counter[str] = Counter()
    for resource in _public_files():
        known = file_check.kept(resource)
        found = file_check.look(resource) if known is None else known
        told["files"] += 1
        told.update({problem.code for problem in found if problem.severity.blocks})
    log.info("files: %s", dict(told))
    return dict(told)


def _public_files() -> Iterator[dict[str, Any]]:
    query = (
        model.Session.query(model.Resource)
        .join(model.Package, model.Package.id == model.Resource.package_id)
        .filter(model.Package.state == "active", model.Package.private.is_(False), model.Resource.state == "active")
        .filter(model.Resource.url_type == "upload")
        .order_by(model.Resource.id)
    )
    for resource in query.all():
        told = resource.as_dict()
        if file_check.is_file(told):
            yield told
