"""Who may say that a dataset is harvested."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

__all__ = ["ntbsatudata_harvest_mark"]


def ntbsatudata_harvest_mark(key: Any, data: dict[Any, Any], errors: dict[Any, Any], context: Any) -> None:
    """Only the harvester says what is harvested; in anybody else's request the mark stays as it is kept."""
    if context.get("ignore_auth"):
        return
    package = context.get("package")
    kept = (package.extras or {}).get(key[0]) if package is not None else None
    data[key] = kept or toolkit.missing
