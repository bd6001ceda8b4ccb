"""The national standard in force: all forms and vocabularies of one schema folder, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists, NameIndex
from ckanext.ntbsatudata.domain.metadata.form import Form, Kind, load_form
from ckanext.ntbsatudata.domain.metadata.frequency import LIST as FREQUENCY_LIST
from ckanext.ntbsatudata.domain.metadata.frequency import Frequencies
from ckanext.ntbsatudata.domain.metadata.konsep import KonsepNames
from ckanext.ntbsatudata.domain.metadata.licences import Licences
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

REGIONS = "wilayah-kemendagri"
ALL_REGIONS = "wilayah-indonesia"  # provinces, kabupaten and kota of the whole country, for other catalogues


@dataclass(frozen=True, eq=False)
class Standard:
    forms: Mapping[Kind, Form]
    names: KonsepNames
    frequencies: Frequencies
    licences: Licences
    themes: Mapping[str, tuple[str, ...]]  # EU data themes by topic
    regions: NameIndex | None

    def region_code(self, name: str) -> str | None:
        """Return the code of a region's name when there is no doubt about it; «Bima» and «Sebagian Wilayah Indonesia» have none."""
        certain = self.regions.match(name).certain if self.regions is not None and name else None
        return certain.item.code if certain is not None else None

    @classmethod
    def of(cls, folder: SchemaFolder) -> Standard:
        """Return the standard of a folder. Raises `SchemaFolderError` naming the file that is not sound."""
        return _read(folder)


@lru_cache(maxsize=4)
def _read(folder: SchemaFolder) -> Standard:
    return Standard(
        forms={kind: load_form(folder, kind) for kind in Kind},
        names=KonsepNames.load(folder, _region_names(folder)),
        frequencies=Frequencies.of(CodeLists.load(folder).get(FREQUENCY_LIST)),
        licences=Licences.load(folder),
        themes=_themes(folder),
        regions=NameIndex.of(CodeLists.load(folder).get(ALL_REGIONS)) if ALL_REGIONS in CodeLists.load(folder) else None,
    )


def _themes(folder: SchemaFolder) -> dict[str, tuple[str, ...]]:
    content = folder.read_yaml("metadata/tema.yaml")
    return {topic: tuple(content["base"] + word for word in words) for topic, words in content["topics"].items()}


def _region_names(folder: SchemaFolder) -> list[str]:
    """Names of provinces, kabupaten and kota without their kind; smaller places share their names with things."""
    lists = CodeLists.load(folder)
    if REGIONS not in lists:
        return []
    items = lists.get(REGIONS).edition()
    return [item.name.removeprefix("Kabupaten ").removeprefix("Kota ") for item in items if item.code.count(".") < 2]
