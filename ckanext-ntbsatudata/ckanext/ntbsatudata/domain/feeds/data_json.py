"""A dataset as a record of `data.json`: Project Open Data v1.1 in the form the national secretariat reads, with the national keys.

Its harvester drops landingPage, contactPoint, license, spatial, temporal and kategori (apteksdi/ckanext-dcat, `staging` @ 7307772).
What it would lose is repeated where it is kept: the landing page as a distribution, the rest as lines of the description.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from typing import Any

from ckanext.ntbsatudata.domain.feeds.addresses import public_address
from ckanext.ntbsatudata.domain.feeds.site import Site
from ckanext.ntbsatudata.domain.feeds.times import interval, issued, modified, moment
from ckanext.ntbsatudata.domain.metadata.dataset import OPEN
from ckanext.ntbsatudata.domain.metadata.incoming import plain_text
from ckanext.ntbsatudata.domain.metadata.standard import Standard

SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"
# Fields of ours that have the name and the meaning of a national key.
NATIONAL_KEYS = (
    "id_sds", "id_mskeg", "id_msind", "jenis", "satuan", "ukuran", "konsep", "definisi", "klasifikasi", "level_estimasi", "kriteria_prioritas",
    "prioritas_tahun", "kode_wilayah", "topik", "urusan",
)  # fmt: skip
_ACCESS_LEVEL = {"terbuka": "public", "terbatas": "restricted public", "tertutup": "non-public"}
_MEDIA_TYPES = {
    "CSV": "text/csv",
    "GEOJSON": "application/geo+json",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def header(site: Site) -> dict[str, Any]:
    """Return the catalogue around the records, its `dataset` still empty."""
    return {
        "@context": f"{SCHEMA}/catalog.jsonld",
        "@id": f"{site.url}/data.json",
        "@type": "dcat:Catalog",
        "conformsTo": SCHEMA,
        "describedBy": f"{SCHEMA}/catalog.json",
        "dataset": [],
    }


def record(dataset: Mapping[str, Any], standard: Standard, site: Site) -> dict[str, Any]:
    """Return the record of a public dataset, as `package_show` gives it. Empty fields are left out."""
    page = site.dataset_uri(dataset["id"])
    level = dataset.get("access_rights") or OPEN
    frequency, _unknown = standard.frequencies.read(dataset.get("frequency"))
    licence = standard.licences.read(dataset.get("license_id"))
    topics = [group.get("title") or group["name"] for group in dataset.get("groups") or ()]
    agency = str((dataset.get("organization") or {}).get("title") or site.publisher)
    found: dict[str, Any] = {
        "@type": "dcat:Dataset",
        "identifier": dataset["id"],
        "title": dataset.get("title") or dataset["name"],
        "description": _description(dataset, licence.title if licence else None, page, topics),
        "keyword": sorted(tag["name"] for tag in dataset.get("tags") or ()) or topics or [agency],
        "issued": issued(dataset),
        "modified": modified(dataset),
        "publisher": {"@type": "org:Organization", "name": agency},
        "contactPoint": _contact(dataset, site),
        "accessLevel": _ACCESS_LEVEL[level],
        "accessRights": level,
        "private": level != OPEN,
        "rights": dataset.get("access_ground"),
        "license": licence.url if licence else None,
        "landingPage": page,
        "language": dataset.get("language") or ["id"],
        "accrualPeriodicity": frequency.iso if frequency else None,
        "spatial": dataset.get("spatial_text") or ", ".join(dataset.get("kode_wilayah") or ()),
        "temporal": interval(dataset),
        "theme": sorted(dataset.get("theme") or topics),
        "kategori": topics[0] if topics else None,
        "publisher_type": "daerah",
        "kodereferensi": _code_lists(dataset),
        "conformsTo": next((one for one in dataset.get("conforms_to") or () if one.startswith("http")), None),
        **{name: dataset.get(name) for name in NATIONAL_KEYS},
        "distribution": [*_distributions(dataset, level, site), _page_as_distribution(dataset, page)],
    }
    return {key: value for key, value in found.items() if value not in (None, "", [], {})}


def _description(dataset: Mapping[str, Any], licence: str | None, page: str, topics: list[str]) -> str:
    text = plain_text(dataset.get("notes")) or str(dataset.get("title") or dataset["name"])
    contact = ", ".join(filter(None, (dataset.get("maintainer"), dataset.get("maintainer_email"))))
    lines = (
        ("Halaman", page),
        ("Lisensi", licence),
        ("Narahubung", contact),
        ("Kategori", ", ".join(topics)),
        ("Wilayah", dataset.get("spatial_text")),
        ("Periode", interval(dataset)),
    )
    return "\n".join([text, "", *(f"{label}: {value}" for label, value in lines if value)])


def _contact(dataset: Mapping[str, Any], site: Site) -> dict[str, str] | None:
    """POD v1.1 asks for both name and address: the portal answers where the agency has given none."""
    address = dataset.get("maintainer_email") or dataset.get("author_email") or site.contact
    name = dataset.get("maintainer") or dataset.get("author") or site.title
    return {"@type": "vcard:Contact", "fn": name, "hasEmail": f"mailto:{address}"} if address else None


def _code_lists(dataset: Mapping[str, Any]) -> list[str]:
    """Return the lists of codes that columns are bound to, such as `wilayah-kemendagri`."""
    found = set()
    for resource in dataset.get("resources") or ():
        schema = resource.get("schema")
        for field in schema.get("fields", ()) if isinstance(schema, Mapping) else ():
            if isinstance(field, Mapping) and field.get("kode_referensi"):
                found.add(str(field["kode_referensi"]))
    return sorted(found)


def _distributions(dataset: Mapping[str, Any], level: str, site: Site) -> list[dict[str, Any]]:
    """Return the files, each with one format; a closed dataset lists none."""
    found = []
    for resource in dataset.get("resources") or () if level != "tertutup" else ():
        url = public_address(resource.get("url"), site.url)
        if url is None:
            continue
        name = str(resource.get("format") or "").upper()
        media_type = media_type_of(resource)
        described = {
            "@type": "dcat:Distribution",
            "identifier": resource["id"],
            "title": resource.get("name") or dataset.get("title"),
            "description": plain_text(resource.get("description")),
            "downloadURL": url,
            "format": name,
            "mediaType": media_type,
            "byteSize": resource.get("size"),
            "modified": moment(resource.get("last_modified")),
        }
        found.append({key: value for key, value in described.items() if value not in (None, "")})
    return found


def media_type_of(resource: Mapping[str, Any]) -> str:
    """Return the media type a resource states, else the one of its format; of an unknown one that of plain bytes."""
    stated = str(resource.get("mimetype") or "")
    if "/" in stated:
        return stated
    name = str(resource.get("format") or "")
    return _MEDIA_TYPES.get(name.upper()) or mimetypes.guess_type(f"a.{name.lower()}")[0] or "application/octet-stream"


def _page_as_distribution(dataset: Mapping[str, Any], page: str) -> dict[str, Any]:
    return {
        "@type": "dcat:Distribution",
        "title": f"Halaman {dataset.get('title') or dataset['name']}",
        "accessURL": page,
        "format": "HTML",
        "mediaType": "text/html",
    }
