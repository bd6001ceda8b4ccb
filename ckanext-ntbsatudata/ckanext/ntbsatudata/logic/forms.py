"""The forms of datasets and agencies. ckanext-scheming reads them once, at start; here it is made to follow the schemas in force."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from ckan.plugins import toolkit

from ckanext.ntbsatudata.config import checked_schemas, schema_folder
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.scheming import plugins as scheming
from ckanext.scheming.errors import SchemingException

INSTALLED = "ckanext.ntbsatudata.schemas:"
SETTINGS = ("scheming.dataset_schemas", "scheming.organization_schemas", "scheming.presets")


def settings_for(folder: SchemaFolder, config: MutableMapping[str, Any]) -> dict[str, str]:
    """Return scheming's settings with our files taken from a folder. What an operator added of other extensions stays."""
    return {key: " ".join(_in_force(token, folder) for token in str(config[key]).split()) for key in SETTINGS if config.get(key)}


def follow(*_sender: Any, **_values: Any) -> None:
    """Let this process use the forms in force. Costs the reading of one link when nothing has changed."""
    folder = schema_folder()
    if len(folder.layers) == 1:
        return
    wanted = settings_for(folder, toolkit.config)
    if all(toolkit.config[key] == value for key, value in wanted.items()):
        return
    toolkit.config.update(wanted)
    scheming._SchemingMixin._load_presets(toolkit.config)
    for plugin in (scheming.SchemingDatasetsPlugin, scheming.SchemingOrganizationsPlugin):
        if plugin.instance:
            schemas = scheming._load_schemas(wanted[plugin.SCHEMA_OPTION].split(), plugin.SCHEMA_TYPE_FIELD)
            plugin.instance._expanded_schemas, plugin.instance._schemas = scheming._expand_schemas(schemas), schemas


def problem_of(folder: SchemaFolder) -> str | None:
    """Return why scheming could not use the forms of a folder, or None. What is in force stays in force."""
    before = scheming._SchemingMixin._presets
    wanted = settings_for(folder, toolkit.config)
    try:
        scheming._SchemingMixin._load_presets(wanted)
        for plugin in (scheming.SchemingDatasetsPlugin, scheming.SchemingOrganizationsPlugin):
            scheming._expand_schemas(scheming._load_schemas(wanted[plugin.SCHEMA_OPTION].split(), plugin.SCHEMA_TYPE_FIELD))
    except (SchemingException, KeyError, TypeError) as error:
        return f"Formulir dataset atau organisasi tidak dapat dipakai: {error}."
    finally:
        scheming._SchemingMixin._presets = before
    return None


def _in_force(token: str, folder: SchemaFolder) -> str:
    if token.startswith(INSTALLED):
        name = token.removeprefix(INSTALLED)
    elif token.startswith(f"file://{checked_schemas().folder}/"):
        name = token.rpartition("/")[2]
    else:
        return token
    path = folder.file(name)
    return f"{INSTALLED}{name}" if path.is_relative_to(folder.layers[-1]) else f"file://{path}"
