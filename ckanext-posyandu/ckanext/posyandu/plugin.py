"""Posyandu: anonymised aggregates of community health posts."""

from __future__ import annotations

import ckan.plugins as plugins
from ckan.lib.plugins import DefaultTranslation


class PosyanduPlugin(plugins.SingletonPlugin, DefaultTranslation):
    """Registers the programme's sources with the platform."""

    plugins.implements(plugins.ITranslation)
