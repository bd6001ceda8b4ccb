"""The roles of Satu Data in one agency or over the whole portal (Perpres 39/2019, Pasal 11 to 17 and 22)."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """Who somebody is for one dataset. The value is the name kept in records; it never changes."""

    PRODUSEN_DATA = "produsen_data"
    WALIDATA_PENDUKUNG = "walidata_pendukung"
    WALIDATA = "walidata"
    PEMBINA_DATA = "pembina_data"
    FORUM_SECRETARIAT = "forum_secretariat"
    PROGRAMME_OPERATOR = "programme_operator"
    SYSTEM_OPERATOR = "system_operator"
    PUBLIC = "public"

    @property
    def description(self) -> str:
        return _DESCRIPTIONS[self]

    @property
    def of_whole_portal(self) -> bool:
        """Whether the role is held for the portal (or a subject of it), not for one agency."""
        return self in _OF_WHOLE_PORTAL


_DESCRIPTIONS = {
    Role.PRODUSEN_DATA: "makes the data of an agency and hands them over with their metadata",
    Role.WALIDATA_PENDUKUNG: "supports the walidata inside an agency: edits and submits for colleagues",
    Role.WALIDATA: "checks, returns or approves, and publishes",
    Role.PEMBINA_DATA: "sets a subject's standards and gives the second check of data prioritas",
    Role.FORUM_SECRETARIAT: "keeps the daftar data and the data prioritas; reads everything under way",
    Role.PROGRAMME_OPERATOR: "runs a programme's extracts; submits the protected aggregates",
    Role.SYSTEM_OPERATOR: "keeps the machine running; decides nothing about data",
    Role.PUBLIC: "reads what is published",
}
_OF_WHOLE_PORTAL = {Role.WALIDATA, Role.PEMBINA_DATA, Role.FORUM_SECRETARIAT, Role.SYSTEM_OPERATOR, Role.PUBLIC}
EDITORS = frozenset({Role.PRODUSEN_DATA, Role.WALIDATA_PENDUKUNG, Role.PROGRAMME_OPERATOR, Role.WALIDATA})
READERS_OF_REVISIONS = EDITORS | {Role.PEMBINA_DATA, Role.FORUM_SECRETARIAT}
