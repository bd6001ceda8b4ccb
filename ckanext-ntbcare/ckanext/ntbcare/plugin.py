"""NTB Care: anonymised aggregates of citizen complaints."""

from __future__ import annotations

import ckan.plugins as plugins
from ckan.lib.plugins import DefaultTranslation


class NtbCarePlugin(plugins.SingletonPlugin, DefaultTranslation):
    """Registers the programme's sources with the platform."""

    plugins.implements(plugins.ITranslation)
