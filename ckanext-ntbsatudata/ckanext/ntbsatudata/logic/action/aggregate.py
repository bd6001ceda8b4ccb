"""Protected tables of the programmes, from the run that made them to a revision that waits for the walidata."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.ntbsatudata.domain.disclosure.protected_table import NotProtected, ProtectedTable
from ckanext.ntbsatudata.logic.aggregate_release import AggregateRelease

__all__ = ["ntbsatudata_aggregate_release_create"]


def ntbsatudata_aggregate_release_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make or renew the draft revision of the dataset named as the `spec` of a protected `table`, and submit it.

    For callers inside the portal, since no request can carry a ProtectedTable. `programme`: name of the source; `provisional`: months
    that are not final; `synthetic`: no figure is of a real person; `changelog`: what this run brings. Returns `dataset`, `revision`
    (None where the same cells are public already), `state`, and the `problems` that keep it a draft.
    """
    table = data_dict.get("table")
    if not isinstance(table, ProtectedTable):
        raise toolkit.ValidationError({"table": [str(NotProtected())]})
    toolkit.check_access("ntbsatudata_aggregate_release_create", context, data_dict)
    spec, programme = toolkit.get_or_bust(data_dict, ["spec", "programme"])
    release = AggregateRelease(
        table, spec, programme, frozenset(data_dict.get("provisional") or ()), bool(data_dict.get("synthetic")), context["user"],
        data_dict.get("folder"),
    )  # fmt: skip
    return release.bring_in(str(data_dict.get("changelog") or ""))
