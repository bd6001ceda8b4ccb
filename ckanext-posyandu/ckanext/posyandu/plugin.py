"""Posyandu: anonymised aggregates of community health posts."""

from __future__ import annotations

import ckan.plugins as plugins
from ckan.lib.plugins import DefaultTranslation

from ckanext.ntbsatudata.interfaces import IAggregateSource, IDemonstration
from ckanext.posyandu.demonstration import PosyanduDemonstration
from ckanext.posyandu.reader import PosyanduSource


class PosyanduPlugin(plugins.SingletonPlugin, DefaultTranslation):
    """Registers the programme's source with the platform."""

    plugins.implements(plugins.ITranslation)
    plugins.implements(IAggregateSource)
    plugins.implements(IDemonstration)

    def aggregate_source(self) -> PosyanduSource:
        return PosyanduSource()

    def demonstration(self) -> PosyanduDemonstration:
        return PosyanduDemonstration()
