"""Who may read what is not public: besides the agency, those who take part in curation over the whole portal."""

from __future__ import annotations

import ckan.model as model

from ckanext.ntbsatudata.domain.curation.roles import READERS_OF_REVISIONS
from ckanext.ntbsatudata.logic.curation_roles import portal_roles

UNDER_CURATION = "ntbsatudata-curation"


def of_dataset(dataset: model.Package, labels: list[str]) -> list[str]:
    """Return CKAN's labels of a dataset, and ours on one that is not public."""
    return labels if "public" in labels else [*labels, UNDER_CURATION]


def of_user(user: model.User | None, labels: list[str]) -> list[str]:
    """Return CKAN's labels of a user, and ours for walidata, pembina data and forum secretariat."""
    if user is None or user.is_anonymous or not READERS_OF_REVISIONS & portal_roles(user.id):
        return labels
    return [*labels, UNDER_CURATION]
