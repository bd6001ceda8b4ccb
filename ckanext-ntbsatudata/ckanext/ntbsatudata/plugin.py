"""The platform's plugin: it tells CKAN which of our rooms hold what."""

from __future__ import annotations

import ckan.plugins as plugins
import ckan.plugins.toolkit as toolkit
from ckan.lib.plugins import DefaultTranslation


@toolkit.blanket.config_declarations
class NtbSatuDataPlugin(plugins.SingletonPlugin, DefaultTranslation):
    """Satu Data catalogue: metadata standards, code lists, curation, search, feeds, portal."""

    plugins.implements(plugins.ITranslation)
