from __future__ import annotations

import json

import pytest

from ckanext.ntbsatudata.domain.feeds.site import Site
from ckanext.ntbsatudata.domain.metadata.incoming import from_data_json
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder


@pytest.fixture(scope="session")
def standard() -> Standard:
    return Standard.of(SchemaFolder())


@pytest.fixture(scope="session")
def site() -> Site:
    return Site("https://data.prov.go.id", "NTB Satu Data", "Katalog data", "Pemerintah Provinsi", "data@prov.go.id")


@pytest.fixture(scope="session")
def real_datasets(shared_data, standard):
    """300 datasets of real catalogues as `package_show` gives them."""
    found = []
    for name in ("badanpangan", "padangpanjangkota", "bps-data"):
        records = json.loads((shared_data / "dcat" / "sdi" / f"{name}.json").read_text())["dataset"]
        for record in records[:100]:
            dataset = dict(from_data_json(record, standard).dataset)
            number = len(found)
            dataset |= {"id": f"id-{number}", "name": f"n-{number}", "organization": {"id": "o", "name": "o", "title": "Dinas"}}
            dataset |= {"tags": [{"name": tag} for tag in dataset.get("tags", ())], "metadata_created": "2026-01-02T03:04:05.678901"}
            dataset |= {"metadata_modified": "2026-01-02T03:04:05.678901", "license_id": "CC-BY-4.0", "kode_wilayah": ["52.71"]}
            dataset["resources"] = [{**resource, "id": f"r-{number}-{at}"} for at, resource in enumerate(dataset.get("resources", ()))]
            found.append(dataset)
    return found
