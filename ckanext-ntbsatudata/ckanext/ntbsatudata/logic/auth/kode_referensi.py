"""Who may ask the code lists: everybody (Perpres 39/2019: the portal publishes them)."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import AuthResult, Context


@toolkit.auth_allow_anonymous_access
def ntbsatudata_kode_referensi_read(_context: Context, _data_dict: dict[str, Any]) -> AuthResult:
    return {"success": True}


__all__ = ["ntbsatudata_kode_referensi_read"]
