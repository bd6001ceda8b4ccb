"""CKAN's tags for programs: those of datasets readers see. CKAN lists every tag there is, also those of drafts."""

from __future__ import annotations

from typing import Any

import ckan.model as model
from ckan.plugins import toolkit
from ckan.types import Action, Context, DataDict
from sqlalchemy import select

from ckanext.ntbsatudata.logic import curation_guard as guard

__all__ = ["tag_autocomplete", "tag_list", "tag_show"]


@toolkit.chained_action
@toolkit.side_effect_free
def tag_list(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's `tag_list`, without the tags of what is not public."""
    return _public(context, data_dict, next_action(context, data_dict))


@toolkit.chained_action
@toolkit.side_effect_free
def tag_autocomplete(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's `tag_autocomplete`, without the tags of what is not public."""
    return _public(context, data_dict, next_action(context, data_dict))


@toolkit.chained_action
@toolkit.side_effect_free
def tag_show(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's `tag_show`; a tag of what is not public is not there."""
    shown = next_action(context, data_dict)
    if not _public(context, {"vocabulary_id": shown.get("vocabulary_id")}, [shown]):
        raise toolkit.ObjectNotFound  # as CKAN does for a tag that is none
    return shown


def _public(context: Context, data_dict: DataDict, tags: list[Any]) -> list[Any]:
    """The tags a public dataset bears; those of a vocabulary are a list of the portal's own, and all of them public."""
    if not tags or data_dict.get("vocabulary_id") or not guard.applies(context):
        return tags
    names = [tag["name"] if isinstance(tag, dict) else tag for tag in tags]
    borne = (
        select(model.Tag.name)
        .join(model.PackageTag, model.PackageTag.tag_id == model.Tag.id)
        .join(model.Package, model.Package.id == model.PackageTag.package_id)
        .where(
            model.Tag.name.in_(names), model.PackageTag.state == "active", model.Package.state == "active", model.Package.private.is_(False)
        )
    )
    public = set(model.Session.scalars(borne))
    return [tag for tag, name in zip(tags, names, strict=True) if name in public]
