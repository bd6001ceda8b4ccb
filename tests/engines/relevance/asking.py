"""How CKAN asks an engine for a plain query (`ckan.lib.search.query.PackageSearchQuery.run`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ckan.lib.search.query import QUERY_FIELDS

AS_CKAN: dict[str, Any] = {
    "defType": "dismax", "qf": QUERY_FIELDS, "mm": "2<-1 5<80%", "tie": "0.1", "df": "text", "q.op": "AND",
    "fq": ["+capacity:public +state:active", '+site_id:"test"', '+permission_labels:("public")'],
    "sort": "score desc, metadata_modified desc",
}  # fmt: skip


def first_ten(connection: Any, query: str, **more: Any) -> Sequence[str]:
    """Return the names of the first ten datasets."""
    return [hit["name"] for hit in connection.search(q=query, rows=11, fl="name", **{**AS_CKAN, **more}).docs][:10]
