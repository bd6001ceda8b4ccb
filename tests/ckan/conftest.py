"""Our plugins are on in every test of this folder."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def our_plugins(with_plugins: None) -> None:
    """Load the plugins that `config/test.ini` names."""
