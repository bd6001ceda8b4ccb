"""NTB Care: anonymised aggregates of citizen complaints."""

from __future__ import annotations

import ckan.plugins as plugins
from ckan.lib.plugins import DefaultTranslation

from ckanext.ntbcare.reader import NtbCareSource
from ckanext.ntbsatudata.interfaces import IAggregateSource


class NtbCarePlugin(plugins.SingletonPlugin, DefaultTranslation):
    """Registers the programme's source with the platform."""

    plugins.implements(plugins.ITranslation)
    plugins.implements(IAggregateSource)

    def aggregate_source(self) -> NtbCareSource:
        return NtbCareSource()
