"""CKAN's own tests, from its wheel, with our plugins on: `pytest tests/core --pyargs ckan.tests.logic.action.test_get …`.

What is left out stands in `left_out.yaml`, each with its reason; a name there that no longer exists fails the run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from faker import Faker

LEFT_OUT: dict[str, str] = {
    name: reason
    for reason, names in yaml.safe_load((Path(__file__).parent / "left_out.yaml").read_text(encoding="utf-8")).items()
    for name in names
}


class OurPluginsOn:
    """A pytest plugin, so that its fixture reaches tests outside this folder too."""

    @pytest.fixture(autouse=True)
    def our_plugins(self, with_plugins: None) -> None:
        """Load what `config/test.ini` names, unless the test names plugins of its own."""


def pytest_configure(config: pytest.Config) -> None:
    # CKAN's factories make up texts from English words; unseeded, a made-up note now and then holds the very word a test looks for.
    Faker.seed(39_2019)
    config.pluginmanager.register(OurPluginsOn(), "our-plugins-on")


def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    seen = set()
    for item in items:
        name = _short(item.nodeid)
        if name in LEFT_OUT:
            seen.add(name)
            item.add_marker(pytest.mark.skip(reason=LEFT_OUT[name]))
    modules = {name.split("::")[0] for name in map(_short, (item.nodeid for item in items))}
    gone = {name for name in LEFT_OUT if name.split("::")[0] in modules} - seen
    if gone and not config.option.keyword:
        raise pytest.UsageError(f"left_out.yaml names tests that do not exist: {sorted(gone)}")


def _short(nodeid: str) -> str:
    """`…/site-packages/ckan/tests/cli/test_x.py::test_a[b]` → `ckan/tests/cli/test_x.py::test_a[b]`."""
    return nodeid[nodeid.index("ckan/tests/") :] if "ckan/tests/" in nodeid else nodeid
