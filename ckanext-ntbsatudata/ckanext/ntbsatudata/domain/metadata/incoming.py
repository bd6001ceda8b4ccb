"""Records of other catalogues read into our dataset: `data.json` (Project Open Data with the national keys) and CKAN packages.

What is normalised keeps its original beside it or leaves a warning; what is missing stays missing: no licence, theme or contact is
invented. Key variants, dates and frequencies as counted over the national feeds.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.ntbsatudata.domain.metadata.moments import is_period, read_moment
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.problems import Problem, Severity

LONGEST_TEXT = 20_000
CUT = " […]"
_TAGS = re.compile(r"<[^>]+>")
_BLOCKS = re.compile(r"</(p|div|li|tr|h\d)>|<br\s*/?>", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"(?:text|application|image)/([\w.+-]+)")
_ACCESS = {"public": "terbuka", "restricted public": "terbatas", "non-public": "tertutup"}
_LEVELS = ("terbuka", "terbatas", "tertutup")
# Keys of the national catalogue that keep their name in our dataset.
_SAME = ("id_sds", "satuan", "ukuran", "jenis", "kriteria_prioritas", "level_estimasi", "konsep", "definisi")


@dataclass(frozen=True)
class Incoming:
    """A dataset in our fields, and the warnings of its reading."""

    dataset: Mapping[str, Any]
    problems: tuple[Problem, ...]


class _Reading:
    """One record being read: sets fields and gathers warnings."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self.dataset: dict[str, Any] = {}
        self.problems: list[Problem] = []

    def set(self, name: str, value: Any) -> None:
        if value not in (None, "", "-", [], {}):
            self.dataset[name] = value

    def text(self, name: str, value: Any) -> None:
        cut = plain_text(value)
        if len(cut) > LONGEST_TEXT:
            self.problems.append(
                Problem("text-cut", field=name, severity=Severity.WARNING, values={"length": len(cut), "limit": LONGEST_TEXT})
            )
            cut = cut[:LONGEST_TEXT] + CUT
        self.set(name, cut)

    def moment(self, name: str, value: Any) -> None:
        moment, problem = read_moment(value, name)
        self.set(name, moment)
        self.problems += [problem] if problem else []

    def period(self, name: str, value: Any) -> None:
        """A period has no clock: only the day of a moment is kept."""
        moment, problem = read_moment(value, name)
        self.problems += [problem] if problem else []
        day = (moment or "")[:10]
        self.set(name, day if is_period(day) else None)

    def frequency(self, value: Any) -> None:
        found, problem = self.standard.frequencies.read(str(value) if value is not None else None)
        self.problems += [problem] if problem else []
        if found is not None:
            self.dataset["frequency"] = found.code
        if value not in (None, "", "-") and (found is None or str(value) != found.code):
            self.dataset["frequency_original"] = " ".join(str(value).split())

    def licence(self, value: Any) -> None:
        if value in (None, "", "-"):
            return
        found = self.standard.licences.read(str(value))
        if found is None:
            self.problems.append(
                Problem("licence-unknown", field="license_id", severity=Severity.WARNING, values={"value": str(value)[:80]})
            )
            return
        self.dataset["license_id"] = found.id

    def region(self, name: str | None) -> None:
        """Keep the words, and the code where the name leaves no doubt."""
        self.set("spatial_text", name)
        code = self.standard.region_code(name or "")
        self.set("kode_wilayah", [code] if code else None)

    def done(self) -> Incoming:
        return Incoming(self.dataset, tuple(self.problems))


def from_data_json(record: Mapping[str, Any], standard: Standard) -> Incoming:
    """Return the dataset of one record of a `data.json`. Distributions become `resources`; tags are a list of names."""
    reading = _Reading(standard)
    read = record.get
    reading.set("title", plain_text(read("title")).replace("\n", " "))
    reading.text("notes", read("description"))
    reading.set("identifier", _plain(read("identifier")))
    reading.set("url", _plain(read("landingPage")))
    reading.set("tags", _names(read("keyword") or read("keywords")))
    reading.frequency(read("accrualPeriodicity", read("accrualperiodicity")))
    reading.licence(read("license"))
    reading.moment("issued", read("issued"))
    reading.moment("modified", read("modified"))
    _spatial(reading, read("spatial"))
    _temporal(reading, read("temporal"))
    reading.set("theme", [theme for theme in _names(read("theme")) if theme.startswith("http")])
    _contact(reading, read("contactPoint"))
    _access(reading, read("accessRights"), read("accessLevel"))
    reading.set("prioritas_tahun", [year for year in _names(read("prioritas_tahun")) if re.fullmatch(r"\d{4}", year)])
    for name in _SAME:
        reading.set(name, _plain(read(name)))
    publisher = read("publisher")
    reading.set("publisher_name", _plain(publisher.get("name") if isinstance(publisher, Mapping) else publisher))
    distributions = read("distribution") or []
    reading.set("resources", [one for distribution in _listed(distributions) for one in _distribution(distribution)])
    return reading.done()


def from_ckan(package: Mapping[str, Any], standard: Standard) -> Incoming:
    """Return the dataset of a CKAN package of another portal, its extras read like fields."""
    reading = _Reading(standard)
    extras = {extra["key"]: extra.get("value") for extra in package.get("extras") or [] if "key" in extra}

    def read(*names: str) -> Any:
        return next((source[name] for name in names for source in (package, extras) if source.get(name) not in (None, "", "-")), None)

    reading.set("title", plain_text(package.get("title") or package.get("name")).replace("\n", " "))
    reading.text("notes", package.get("notes"))
    reading.set("identifier", _plain(read("identifier", "guid", "id")))
    reading.set("url", _plain(package.get("url")))
    reading.set("tags", [str(tag.get("name") if isinstance(tag, Mapping) else tag).strip() for tag in package.get("tags") or []])
    reading.frequency(read("frequency", "accrualPeriodicity", "frekuensi", "frequency-of-update"))
    reading.licence(read("license_url") or read("license_id", "license_title"))
    reading.moment("issued", read("issued", "dcat_issued"))
    reading.moment("modified", read("modified", "dcat_modified"))
    reading.region(_plain(read("spatial_text", "spatial-text")))
    for name in ("temporal_start", "temporal_end"):
        reading.period(name, read(name))
    _access(reading, read("access_rights", "accessRights", "accesslevel"), None)
    for ours, theirs in (("author", "author"), ("maintainer", "maintainer")):
        reading.set(ours, _plain(package.get(theirs)))
        reading.set(f"{ours}_email", _plain(package.get(f"{theirs}_email")))
    for name in _SAME:
        reading.set(name, _plain(read(name)))
    organization = package.get("organization") or {}
    reading.set("publisher_name", _plain(organization.get("title") or organization.get("name")))
    reading.set(
        "resources",
        [one for resource in package.get("resources") or [] if resource.get("state") != "deleted" for one in _resource(resource)],
    )
    return reading.done()


def plain_text(value: Any) -> str:
    """Return a text without markup, its outer blanks and non-breaking spaces; paragraphs stay lines."""
    if value is None:
        return ""
    text = str(value)
    if "<" in text:
        text = _TAGS.sub("", _BLOCKS.sub("\n", text))
    lines = (" ".join(line.split()) for line in html.unescape(text).replace("\xa0", " ").splitlines())
    return "\n".join(line for line in lines if line)


def formats_of(text: Any) -> list[str]:
    """Return the formats a text names: `CSV/XLSX` is two; of a media type the plain subtype; nothing gives none."""
    media = _MEDIA_TYPE.fullmatch(str(text or "").strip().lower())
    if media:
        return [media.group(1).upper()] if media.group(1).isalnum() else []
    parts = [part.strip().lstrip(".").upper() for part in re.split(r"[/,;+]| dan | and ", str(text or ""))]
    return [part for part in parts if part]


def _plain(value: Any) -> str | None:
    return None if value is None or isinstance(value, Mapping | list) else plain_text(value) or None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _names(value: Any) -> list[str]:
    """Return names without blanks, each once; a text of several is parted at commas and semicolons."""
    items = value if isinstance(value, list) else re.split(r"[,;]", str(value)) if value is not None else []
    return list(dict.fromkeys(text for text in (plain_text(item) for item in items) if text and text != "-"))


def _spatial(reading: _Reading, value: Any) -> None:
    name = value.get("name") or value.get("prefLabel") if isinstance(value, Mapping) else value
    reading.region(_plain(name))


def _temporal(reading: _Reading, value: Any) -> None:
    """ISO 8601 interval `start/end`, or an object with startDate and endDate, which may be empty."""
    ends = (value.get("startDate"), value.get("endDate")) if isinstance(value, Mapping) else str(value or "").partition("/")[::2]
    for name, end in zip(("temporal_start", "temporal_end"), ends, strict=True):
        reading.period(name, end)


def _contact(reading: _Reading, value: Any) -> None:
    if isinstance(value, Mapping):
        reading.set("maintainer", _plain(value.get("fn")))
        reading.set("maintainer_email", (_plain(value.get("hasEmail")) or "").removeprefix("mailto:"))
    else:
        reading.set("maintainer", _plain(value))


def _access(reading: _Reading, rights: Any, level: Any) -> None:
    said = str(rights or "").strip().casefold()
    reading.set("access_rights", said if said in _LEVELS else _ACCESS.get(str(level or "").strip().casefold()))


def _distribution(distribution: Mapping[str, Any]) -> list[dict[str, Any]]:
    url = distribution.get("downloadURL") or distribution.get("accessURL")
    return _files(distribution, url, distribution.get("title"), distribution.get("mediaType"), distribution.get("byteSize"))


def _resource(resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    return _files(resource, resource.get("url"), resource.get("name"), resource.get("mimetype"), resource.get("size"))


def _files(source: Mapping[str, Any], url: Any, name: Any, media_type: Any, size: Any) -> list[dict[str, Any]]:
    """Return one file for each format the source names, one without a format when it names none."""
    described: dict[str, Any] = {"url": _plain(url), "name": _plain(name), "description": _plain(source.get("description"))}
    described |= {"mimetype": _plain(media_type), "size": int(size) if str(size or "").isdigit() else None}
    kept = {key: value for key, value in described.items() if value not in (None, "")}
    if "url" not in kept:
        return []
    return [{**kept, "format": one} for one in formats_of(source.get("format"))] or [kept]
