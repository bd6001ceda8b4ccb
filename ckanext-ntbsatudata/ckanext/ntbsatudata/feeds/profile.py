"""Our profile for ckanext-dcat: `/dataset/<id>.ttl` says of a dataset what the catalogue says of it."""

from __future__ import annotations

from typing import Any

from rdflib import URIRef

from ckanext.dcat.profiles import RDFProfile
from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.feeds import dcat, rdf_text
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.feeds.records import site


class SatuDataProfile(RDFProfile):
    """DCAT-AP 2.1.1 with the national terms in `sdi:` (domain/feeds/dcat.py). It writes only; reading is the harvesters' work."""

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> None:
        self._add(dcat.dataset_triples(dataset_dict, Standard.of(config.schema_folder()), site()))

    def graph_from_catalog(self, catalog_dict: dict[str, Any], catalog_ref: URIRef) -> None:
        self._add(dcat.catalogue_triples(site(), None))

    def _add(self, triples: list[rdf_text.Triple]) -> None:
        for prefix, namespace in rdf_text.NAMESPACES.items():
            self.g.bind(prefix, namespace)
        for triple in triples:
            self.g.add(triple)
