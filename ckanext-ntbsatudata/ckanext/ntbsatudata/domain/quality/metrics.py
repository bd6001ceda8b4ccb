"""The metrics of the EU's Metadata Quality Assessment over one dataset: each answers with the share, from 0 to 1, that is fulfilled.

A metric of the dataset is fulfilled or not; one of the distributions is fulfilled by the share of them that have it, as the
assessment counts them over a catalogue. What nobody has looked at (links, SHACL) is not fulfilled.
Source: data.europa.eu/mqa/methodology.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ckanext.ntbsatudata.domain.metadata.licences import Licences
from ckanext.ntbsatudata.domain.metadata.moments import is_period
from ckanext.ntbsatudata.domain.quality.scales import Scales

LEVELS = ("terbuka", "terbatas", "tertutup")


@dataclass(frozen=True)
class Evidence:
    """What was found out beside the metadata. `answers`: the address of a distribution to whether it answered 200.

    A withheld file (terbatas, tertutup) is not expected to answer. `passes_dcat_ap` is None when nobody has checked.
    """

    answers: Mapping[str, bool] = field(default_factory=dict)
    passes_dcat_ap: bool | None = None


@dataclass(frozen=True)
class Subject:
    """One dataset dict with what is known about it."""

    dataset: Mapping[str, Any]
    evidence: Evidence
    scales: Scales
    licences: Licences

    @property
    def distributions(self) -> Sequence[Mapping[str, Any]]:
        return self.dataset.get("resources") or ()

    def share(self, holds: Callable[[Mapping[str, Any]], bool]) -> float:
        """Return the share of the distributions for which something holds; 0 when there are none."""
        return sum(map(holds, self.distributions)) / len(self.distributions) if self.distributions else 0.0

    def has(self, *names: str) -> bool:
        return all(self.dataset.get(name) not in (None, "", [], {}) for name in names)


def _answers(subject: Subject, distribution: Mapping[str, Any]) -> bool:
    return subject.evidence.answers.get(str(distribution.get("url")), False)


def _media_type(distribution: Mapping[str, Any]) -> str:
    return str(distribution.get("mimetype") or "")


def _from_vocabulary(subject: Subject, distribution: Mapping[str, Any]) -> bool:
    known = {one.media_type for one in subject.scales.formats.values()}
    return subject.scales.format(distribution.get("format")) is not None and _media_type(distribution) in known


def _of_format(subject: Subject, quality: str) -> float:
    return subject.share(lambda one: bool(getattr(subject.scales.format(one.get("format")), quality, False)))


def _period(subject: Subject) -> bool:
    return all(is_period(str(subject.dataset.get(name) or "")) for name in ("temporal_start", "temporal_end"))


def _licence_known(subject: Subject) -> bool:
    licence = subject.licences.read(subject.dataset.get("license_id"))
    return licence is not None and licence.eu_uri is not None


METRICS: Mapping[str, Callable[[Subject], float]] = {
    "keyword": lambda one: one.has("tags"),
    "theme": lambda one: one.has("theme"),
    "spatial": lambda one: one.has("kode_wilayah"),
    "temporal": _period,
    "access_url": lambda one: one.share(lambda distribution: _answers(one, distribution)),
    "download_url": lambda one: one.share(lambda distribution: bool(distribution.get("url")) and _is_file(one, distribution)),
    "download_url_answers": lambda one: one.share(lambda distribution: _is_file(one, distribution) and _answers(one, distribution)),
    "format": lambda one: one.share(lambda distribution: bool(distribution.get("format"))),
    "media_type": lambda one: one.share(lambda distribution: bool(_media_type(distribution))),
    "format_vocabulary": lambda one: one.share(lambda distribution: _from_vocabulary(one, distribution)),
    "non_proprietary": lambda one: _of_format(one, "is_open"),
    "machine_readable": lambda one: _of_format(one, "structured"),
    "dcat_ap": lambda one: one.evidence.passes_dcat_ap is True,
    "licence": lambda one: one.has("license_id") and one.dataset["license_id"] != "notspecified",
    "licence_vocabulary": _licence_known,
    "access_rights": lambda one: one.has("access_rights"),
    "access_rights_vocabulary": lambda one: one.dataset.get("access_rights") in LEVELS,
    "contact_point": lambda one: one.has("maintainer_email") or one.has("author_email"),
    "publisher": lambda one: one.has("owner_org"),
    "rights": lambda one: one.share(lambda distribution: bool(distribution.get("rights"))),
    "byte_size": lambda one: one.share(lambda distribution: bool(distribution.get("size"))),
    "issued": lambda one: one.has("issued") or one.has("metadata_created"),
    "modified": lambda one: one.has("modified") or one.has("metadata_modified"),
}


def _is_file(subject: Subject, distribution: Mapping[str, Any]) -> bool:
    found = subject.scales.format(distribution.get("format"))
    return found is not None and found.name != "HTML"
