"""The portal as its feeds name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """`url` has no slash at its end; `contact` is the portal's e-mail address, empty when there is none."""

    url: str
    title: str
    description: str
    publisher: str
    contact: str = ""

    def dataset_uri(self, dataset_id: str) -> str:
        """Return the lasting address of a dataset: of its id, which never changes, not of its name."""
        return f"{self.url}/dataset/{dataset_id}"

    def organization_uri(self, organization_id: str) -> str:
        return f"{self.url}/organization/{organization_id}"

    def resource_uri(self, dataset_id: str, resource_id: str) -> str:
        return f"{self.url}/dataset/{dataset_id}/resource/{resource_id}"
