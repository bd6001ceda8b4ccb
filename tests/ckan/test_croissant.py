"""A dataset with a table tells machine-learning tools its columns, in Croissant."""

from __future__ import annotations

import json

import pytest
from ckan.tests import factories, helpers
from rdflib import RDF, Graph, Namespace

CR = Namespace("http://mlcommons.org/croissant/")
SCHEMA = Namespace("https://schema.org/")


@pytest.mark.ckan_config("ckan.plugins", "ntbsatudata scheming_datasets scheming_organizations dcat structured_data activity datastore")
@pytest.mark.usefixtures("clean_db", "clean_index", "with_plugins")
def test_a_dataset_with_a_table_names_its_file_and_columns_in_croissant(app):
    agency = factories.Organization(title="Dinas Dukcapil")
    dataset = factories.Dataset(title="Penduduk </script>", access_rights="terbuka", owner_org=agency["id"])
    table = helpers.call_action(
        "datastore_create",
        {"ignore_auth": True, "user": helpers.call_action("get_site_user")["name"]},
        resource={"package_id": dataset["id"], "format": "CSV", "name": "Tabel"},
        fields=[{"id": "wilayah", "type": "text"}, {"id": "jumlah", "type": "int4"}],
        records=[{"wilayah": "52.01", "jumlah": 7}],
    )
    written = app.get(f"/dataset/{dataset['name']}/croissant.jsonld").body
    assert "<" not in written and json.loads(written)["@context"]["cr"] == str(CR)
    graph = Graph().parse(data=written, format="json-ld")
    [described] = graph.subjects(RDF.type, SCHEMA.Dataset)
    assert str(graph.value(described, SCHEMA.name)) == "Penduduk </script>"
    [record_set] = graph.subjects(RDF.type, CR.RecordSet)
    columns = {
        str(graph.value(graph.value(graph.value(field, CR.source), CR.extract), CR.column)): graph.value(field, CR.dataType)
        for field in graph.objects(record_set, CR.field)
    }
    assert columns == {"wilayah": SCHEMA.Text, "jumlah": SCHEMA.Integer}
    [file] = graph.subjects(RDF.type, CR.FileObject)
    assert str(file).endswith(table["resource_id"]) and graph.value(file, SCHEMA.encodingFormat).value in ("text/csv", "CSV")
    helpers.call_action("package_patch", {"user": helpers.call_action("get_site_user")["name"]}, id=dataset["id"], private=True)
    assert "wilayah" not in app.get(f"/dataset/{dataset['name']}/croissant.jsonld", status=404).body
