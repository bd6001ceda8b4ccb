"""The DataStore's reading actions: the table of a distribution lies where its release says."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Action, Context, DataDict

from ckanext.ntbsatudata.logic import revisions

__all__ = ["datastore_info", "datastore_search"]


@toolkit.chained_action
@toolkit.side_effect_free
def datastore_search(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's `datastore_search` over the table of the release that is live when it is asked."""
    return _resolved(next_action, context, data_dict, "resource_id")


@toolkit.chained_action
@toolkit.side_effect_free
def datastore_info(next_action: Action, context: Context, data_dict: DataDict) -> Any:
    """CKAN's `datastore_info` of the table of the release that is live when it is asked."""
    return _resolved(next_action, context, data_dict, "id")


def _resolved(next_action: Action, context: Context, data_dict: DataDict, key: str) -> Any:
    asked = data_dict.get(key) or data_dict.get("resource_id")
    table = revisions.holder(asked)[1] if isinstance(asked, str) else asked
    if table == asked:
        return next_action(context, data_dict)
    answer = next_action(context, {**data_dict, key: table})
    if isinstance(answer, dict) and "resource_id" in answer:
        answer["resource_id"] = asked
    return answer
