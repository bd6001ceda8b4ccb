"""The platform's plugin: it tells CKAN which of our rooms hold what."""

from __future__ import annotations

import ckan.plugins as plugins
import ckan.plugins.toolkit as toolkit
from ckan.lib.plugins import DefaultTranslation

from ckanext.ntbsatudata.middleware import stack


@toolkit.blanket.config_declarations
class NtbSatuDataPlugin(plugins.SingletonPlugin, DefaultTranslation):
    """Satu Data catalogue: metadata standards, code lists, curation, search, feeds, portal."""

    plugins.implements(plugins.ITranslation)
    plugins.implements(plugins.IMiddleware, inherit=True)
    plugins.implements(plugins.ISignal)

    def make_middleware(self, app, config):
        return stack.wrap(app, config)

    def get_signal_subscriptions(self):
        return {toolkit.signals.action_succeeded: [stack.notice_action]}
