"""How the plugin finds our actions, auth functions, validators and blueprints: a new module in the package is enough."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import Any

from ckanext.ntbsatudata.domain.errors import SatuDataError


class NameTakenError(SatuDataError):
    """Two modules offer something of the same name."""


def exported(package: ModuleType) -> dict[str, Any]:
    """Return what the modules of a package list in their `__all__`, by name. Raises `NameTakenError` for a name met twice."""
    found: dict[str, Any] = {}
    for entry in sorted(pkgutil.iter_modules(package.__path__), key=lambda entry: entry.name):
        module = importlib.import_module(f"{package.__name__}.{entry.name}")
        for name in module.__all__:
            if name in found:
                raise NameTakenError(f"{module.__name__}: nama {name} sudah dipakai modul lain.")
            found[name] = getattr(module, name)
    return found
