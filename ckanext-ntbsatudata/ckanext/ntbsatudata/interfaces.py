"""What other extensions may implement for the platform."""

from __future__ import annotations

from ckan.plugins.interfaces import Interface

from ckanext.ntbsatudata.domain.extracts.demonstration import Demonstration
from ckanext.ntbsatudata.domain.extracts.source import AggregateSource


class IAggregateSource(Interface):
    """A programme whose raw extracts become published tables."""

    def aggregate_source(self) -> AggregateSource:
        """Return what the platform needs to know of the programme, and what turns its extract into rows to count."""
        raise NotImplementedError


class IDemonstration(Interface):
    """A programme that can show itself in a demonstration portal."""

    def demonstration(self) -> Demonstration:
        """Return the made-up months of the programme."""
        raise NotImplementedError
