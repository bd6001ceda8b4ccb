"""Code lists for programs: plain values for JSON, rows for CSV, SKOS for linked data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from ckanext.ntbsatudata.domain.kode_referensi.code_list import CodeList, Edition, Item, Version
from ckanext.ntbsatudata.domain.kode_referensi.history import Differences, Resolution
from ckanext.ntbsatudata.domain.kode_referensi.loading import CodeLists
from ckanext.ntbsatudata.domain.kode_referensi.names import Match

SKOS_CONTEXT = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def described_version(version: Version) -> dict[str, Any]:
    return {
        "version": version.id,
        "legal_basis": version.legal_basis,
        "valid_from": version.valid_from.isoformat(),
        "valid_to": version.valid_to.isoformat() if version.valid_to else None,
        "verified": version.verified,
        "source": version.source,
        "note": version.note,
    }


def described_list(code_list: CodeList, edition: Edition | None = None) -> dict[str, Any]:
    """Return what a list is, as one version has it (the one in force by default), with the number of items per level."""
    edition = edition or code_list.edition()
    return {
        "id": code_list.id,
        "title": dict(code_list.title),
        "description": code_list.description,
        "issuer": code_list.issuer,
        "owner": code_list.owner,
        "subject": code_list.subject,
        **described_version(edition.version),
        "current_version": code_list.current.id,
        "count": len(edition),
        "counts": {level.id: len(edition.of_level(level.id)) for level in code_list.levels},
        "levels": [{"id": level.id, "label": level.label, "pattern": level.pattern.pattern} for level in code_list.levels],
        "versions": [described_version(version) for version in code_list.versions],
    }


def described_item(code_list: CodeList, item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "name": item.name,
        "level": item.level,
        "kind": item.kind,
        "parent": item.parent,
        "aliases": list(code_list.aliases.get(item.code, ())),
        "attributes": dict(item.attributes),
    }


def described_resolution(lists: CodeLists, code_list: CodeList, resolution: Resolution) -> dict[str, Any]:
    """Return what became of a code, and the same places in the lists that bridges lead to."""
    items = [described_item(code_list, item) for item in resolution.items]
    return {
        "list": code_list.id,
        "code": resolution.code,
        "relation": resolution.relation.value,
        "from_version": resolution.from_version,
        "to_version": resolution.to_version,
        "items": items,
        "changes": [
            {"code": change.code, "became": list(change.became), "relation": change.relation, "version": change.version, "basis": change.basis}
            for change in resolution.changes
        ],
        "elsewhere": [
            place for item in resolution.items for place in same_place(lists, code_list, item.code)
        ],
    }  # fmt: skip


def same_place(lists: CodeLists, code_list: CodeList, code: str) -> list[dict[str, Any]]:
    """Return the codes of the same place in other lists, one entry for each bridge that leaves the list."""
    places = []
    for crosswalk in lists.crosswalks:
        if crosswalk.source == code_list.id:
            target = lists.get(crosswalk.target)
            crossing = crosswalk.cross(code)
            items = [described_item(target, target.history(found)[-1]) for found in crossing.targets]
            places.append(
                {
                    "list": target.id,
                    "version": target.current.id,
                    "relation": crossing.relation.value,
                    "bridge": crosswalk.id,
                    "bridge_date": crosswalk.date.isoformat(),
                    "items": items,
                }
            )
    return places


def described_differences(code_list: CodeList, found: Differences) -> dict[str, Any]:
    return {
        "list": code_list.id,
        "old": found.old,
        "new": found.new,
        "added": [described_item(code_list, item) for item in found.added],
        "gone": [described_item(code_list, item) for item in found.gone],
        "renamed": [{"code": old.code, "old": old.name, "new": new.name} for old, new in found.renamed],
        "changes": [
            {
                "code": change.code,
                "became": list(change.became),
                "relation": change.relation,
                "version": change.version,
                "basis": change.basis,
            }
            for change in found.changes
        ],
    }


def described_match(match: Match) -> dict[str, Any]:
    """Return the candidates of a name: `state` is certain, ask or none."""
    state = "certain" if match.certain else "ask" if match.candidates else "none"
    return {
        "name": match.name,
        "state": state,
        "candidates": [
            {
                "code": candidate.item.code,
                "name": candidate.item.name,
                "level": candidate.item.level,
                "parent": candidate.item.parent,
                "score": candidate.score,
                "matched": candidate.matched,
                "origin": candidate.origin.value,
            }
            for candidate in match.candidates
        ],
    }


def select(code_list: CodeList, edition: Edition, *, level: str | None = None, within: str | None = None) -> list[Item]:
    """Return the items of one level (all by default) that lie below a code (anywhere by default).

    Raises `UnknownLevelError` or `UnknownCodeError` when there is none such.
    """
    if level is not None:
        code_list.named_level(level)
    if within is not None:
        edition.item(within)
    return [
        item
        for item in edition
        if (level is None or item.level == level)
        and (within is None or any(above.code == within for above in edition.ancestors(item.code)))
    ]


def as_rows(code_list: CodeList, items: Iterable[Item]) -> str:
    """Return items as CSV with a header: code, name, level, kind, parent, and the list's attributes."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["code", "name", "level", "kind", "parent", *code_list.attributes])
    for item in items:
        own = [item.code, item.name, item.level, item.kind or "", item.parent or ""]
        writer.writerow([*own, *(item.attributes.get(name, "") for name in code_list.attributes)])
    return stream.getvalue()


def as_skos(lists: CodeLists, code_list: CodeList, edition: Edition, items: Iterable[Item], address: str) -> dict[str, Any]:
    """Return a SKOS concept scheme as JSON-LD. `address` is where the portal shows its code lists, without a slash at the end.

    Codes of the same place in another list are `skos:exactMatch`.
    Source: SKOS Reference, W3C Recommendation 18 August 2009.
    """
    scheme = f"{address}/{quote(code_list.id)}"
    bridges = [crosswalk for crosswalk in lists.crosswalks if crosswalk.source == code_list.id]

    def concept(item: Item) -> dict[str, Any]:
        matches = [f"{address}/{quote(bridge.target)}/{quote(target)}" for bridge in bridges for target in bridge.cross(item.code).targets]
        found: Mapping[str, Any] = {
            "@id": f"{scheme}/{quote(item.code)}",
            "@type": "skos:Concept",
            "skos:notation": item.code,
            "skos:prefLabel": {"@value": item.name, "@language": "id"},
            "skos:altLabel": [{"@value": alias, "@language": "id"} for alias in code_list.aliases.get(item.code, ())],
            "skos:inScheme": {"@id": scheme},
            "skos:broader": {"@id": f"{scheme}/{quote(item.parent)}"} if item.parent else None,
            "skos:topConceptOf": None if item.parent else {"@id": scheme},
            "skos:exactMatch": [{"@id": match} for match in matches],
        }
        return {key: value for key, value in found.items() if value}

    version = edition.version
    return {
        "@context": SKOS_CONTEXT,
        "@graph": [
            {
                "@id": scheme,
                "@type": "skos:ConceptScheme",
                "dct:title": [{"@value": title, "@language": language} for language, title in code_list.title.items()],
                "dct:publisher": code_list.issuer,
                "dct:source": version.legal_basis,
                "dct:issued": {"@value": version.valid_from.isoformat(), "@type": "xsd:date"},
                "owl:versionInfo": version.id,
            },
            *(concept(item) for item in items),
        ],
    }
