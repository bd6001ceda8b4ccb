"""NTB Care: anonymised aggregates of citizen complaints."""

from __future__ import annotations

import ckan.plugins as plugins
from ckan.lib.plugins import DefaultTranslation

from ckanext.ntbcare.demonstration import NtbCareDemonstration
from ckanext.ntbcare.reader import NtbCareSource
from ckanext.ntbsatudata.interfaces import IAggregateSource, IDemonstration


class NtbCarePlugin(plugins.SingletonPlugin, DefaultTranslation):
    """Registers the programme's source with the platform."""

    plugins.implements(plugins.ITranslation)
    plugins.implements(IAggregateSource)
    plugins.implements(IDemonstration)

    def aggregate_source(self) -> NtbCareSource:
        return NtbCareSource()

    def demonstration(self) -> NtbCareDemonstration:
        return NtbCareDemonstration()
