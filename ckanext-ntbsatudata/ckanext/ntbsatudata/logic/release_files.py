"""Uploads whose bytes lie where a release says: the file of a live distribution is held by the working copy that brought it."""

from __future__ import annotations

from typing import Any

import ckan.model as model
from ckan.common import config
from ckan.lib import files
from ckan.lib.uploader import FKResourceUpload, ResourceUpload

from ckanext.ntbsatudata.logic import revisions


class _Held:
    """Reads at the holder's place; what is uploaded anew is the resource's own from then on."""

    filename: str | None

    def get_path(self, id: str) -> Any:
        return super().get_path(revisions.holder(id)[0])  # type: ignore[misc]

    def upload(self, id: str, *arguments: Any, **named: Any) -> Any:
        file_holder, table_holder = revisions.holder(id)
        if self.filename and file_holder != id:
            revisions.hold(id, id, table_holder)
            model.Session.flush()
        if not self.filename and file_holder != id:
            return None  # a file that belongs to a release is never removed
        return super().upload(id, *arguments, **named)  # type: ignore[misc]


class HeldUpload(_Held, ResourceUpload):
    """In the local folder."""


class HeldStorageUpload(_Held, FKResourceUpload):
    """In one of CKAN's storages."""


def resource_uploader(resource: dict[str, Any]) -> HeldUpload | HeldStorageUpload:
    """Return the uploader of a resource, for the storage that CKAN is set up with."""
    try:
        files.get_storage(config["ckan.files.default_storages.resource"])
    except files.exc.UnknownStorageError:
        return HeldUpload(resource)
    return HeldStorageUpload(resource)
