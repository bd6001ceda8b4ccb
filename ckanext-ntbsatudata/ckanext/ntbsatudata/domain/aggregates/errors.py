"""What stops the reading of a table or of its registry entry."""

from __future__ import annotations

from ckanext.ntbsatudata.domain.errors import SatuDataError


class AggregateError(SatuDataError):
    """The table specification or its cells do not say what they must."""

    exit_code = 65
