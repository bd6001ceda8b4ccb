"""The platform's plugin: it tells CKAN which of our rooms hold what."""

from __future__ import annotations

import ckan.plugins as plugins
import ckan.plugins.toolkit as toolkit
from ckan.lib.plugins import DefaultPermissionLabels, DefaultTranslation

from ckanext.ntbsatudata import views
from ckanext.ntbsatudata.cli.ckan import ntbsatudata
from ckanext.ntbsatudata.config import SearchEngine, schema_folder, search_engine
from ckanext.ntbsatudata.feeds import records as feed_records
from ckanext.ntbsatudata.jobs import quality, table_loading
from ckanext.ntbsatudata.logic import action, auth, curation_labels, forms, validators
from ckanext.ntbsatudata.logic.exported import exported
from ckanext.ntbsatudata.logic.release_files import resource_uploader
from ckanext.ntbsatudata.middleware import login, stack
from ckanext.ntbsatudata.model import snapshot
from ckanext.ntbsatudata.search import facets
from ckanext.ntbsatudata.search.connection import use_postgres
from ckanext.ntbsatudata.search.dataset_document import dataset_document, searched_words
from ckanext.ntbsatudata.search.reading import reader
from ckanext.ntbsatudata.search.solr.query import understood
from ckanext.ntbsatudata.search.vocabulary import learn


@toolkit.blanket.actions(lambda: exported(action))
@toolkit.blanket.auth_functions(lambda: exported(auth))
@toolkit.blanket.config_declarations
@toolkit.blanket.helpers
@toolkit.blanket.validators(lambda: exported(validators))
class NtbSatuDataPlugin(plugins.SingletonPlugin, DefaultTranslation, DefaultPermissionLabels):
    """Satu Data catalogue: metadata standards, code lists, curation, search, feeds, portal."""

    plugins.implements(plugins.ITranslation)
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.IFacets, inherit=True)
    plugins.implements(plugins.IBlueprint)
    plugins.implements(plugins.IClick)
    plugins.implements(plugins.IMiddleware, inherit=True)
    plugins.implements(plugins.IPackageController, inherit=True)
    plugins.implements(plugins.IResourceController, inherit=True)
    plugins.implements(plugins.IPermissionLabels)
    plugins.implements(plugins.ISignal)
    plugins.implements(plugins.IUploader, inherit=True)

    def make_middleware(self, app, config):
        return stack.wrap(app, config)

    def get_signal_subscriptions(self):
        return {
            toolkit.signals.action_succeeded: [stack.notice_action, feed_records.notice_action],
            toolkit.signals.failed_login: [login.count_failure],
            toolkit.signals.request_started: [forms.follow],
        }

    def update_config(self, config):
        toolkit.add_template_directory(config, "templates")
        toolkit.add_public_directory(config, "public")
        toolkit.add_resource("assets", "ntbsatudata")
        config.update(forms.settings_for(schema_folder(), config))
        if not config.get("licenses_group_url"):
            config["licenses_group_url"] = f"file://{schema_folder().file('licenses.json')}"
        snapshot.watch()
        if search_engine() is SearchEngine.POSTGRES:
            use_postgres()

    def after_dataset_create(self, context, pkg_dict):
        quality.ask_for(pkg_dict)
        feed_records.notice(pkg_dict)

    def after_dataset_update(self, context, pkg_dict):
        quality.ask_for(pkg_dict)
        feed_records.notice(pkg_dict)

    def after_dataset_delete(self, context, pkg_dict):
        feed_records.withdraw(pkg_dict["id"])

    def before_dataset_index(self, pkg_dict):
        document = dataset_document(pkg_dict)
        if search_engine() is SearchEngine.SOLR:  # the engine PostgreSQL learns the words it indexes
            learn(searched_words(document))
        return document

    def before_dataset_search(self, search_params):
        return understood(search_params, reader()) if search_engine() is SearchEngine.SOLR else search_params

    def after_dataset_search(self, search_results, search_params):
        facets.name_values(search_results["search_facets"])
        return search_results

    def get_dataset_labels(self, dataset_obj):
        return curation_labels.of_dataset(dataset_obj, super().get_dataset_labels(dataset_obj))

    def get_user_dataset_labels(self, user_obj):
        return curation_labels.of_user(user_obj, super().get_user_dataset_labels(user_obj))

    def get_resource_uploader(self, data_dict):
        return resource_uploader(data_dict)

    def dataset_facets(self, facets_dict, package_type):
        return facets.dataset_facets()

    def after_resource_create(self, context, resource):
        if not context.get("table_in_place"):
            table_loading.ask_for(resource)

    def after_resource_update(self, context, resource):
        if not context.get("table_in_place"):
            table_loading.ask_for(resource)

    def get_blueprint(self):
        return list(exported(views).values())

    def get_commands(self):
        return [ntbsatudata]
