"""The code lists for programs: `/api/3/action/ntbsatudata_kode_referensi_…`."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists, NameIndex
from ckanext.ntbsatudata.domain.kode_referensi import differences as differences_of
from ckanext.ntbsatudata.domain.kode_referensi import publishing as form
from ckanext.ntbsatudata.domain.kode_referensi import rebase as rebase_codes
from ckanext.ntbsatudata.domain.kode_referensi import resolve as resolve_code
from ckanext.ntbsatudata.logic.checked import answered, checked
from ckanext.ntbsatudata.logic.schema import kode_referensi as schema

READ = "ntbsatudata_kode_referensi_read"


def _one_moment(data: dict[str, Any]) -> None:
    if data.get("version") and (data.get("date") or data.get("at")):
        raise toolkit.ValidationError({"version": [toolkit._("Give a version or a date, not both.")]})


def _lists() -> CodeLists:
    return CodeLists.load(config.schema_folder())


@toolkit.side_effect_free
def ntbsatudata_kode_referensi_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return all code lists with issuer, legal basis, versions and numbers of items."""
    toolkit.check_access(READ, context, data_dict)
    return [form.described_list(code_list) for code_list in _lists()]


@toolkit.side_effect_free
def ntbsatudata_kode_referensi_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return one list (`id`) with its items, at a `version` or a `date`; `level` and `within` narrow the items."""
    data = checked(READ, context, data_dict, schema.edition())
    _one_moment(data)
    with answered():
        code_list = _lists().get(data["id"])
        edition = code_list.at(data["date"]) if data.get("date") else code_list.edition(data.get("version"))
        chosen = form.select(code_list, edition, level=data.get("level"), within=data.get("within"))
        return {**form.described_list(code_list, edition), "items": [form.described_item(code_list, item) for item in chosen]}


@toolkit.side_effect_free
def ntbsatudata_kode_referensi_resolve(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return what a `code` is at a date (`at`) or `version`, and the same place in other systems.

    `list` names the code's list when several have it; `from_version` says which version the code was read in.
    """
    data = checked(READ, context, data_dict, schema.resolve())
    _one_moment(data)
    with answered():
        lists = _lists()
        code_list = lists.knowing(data["code"], data.get("list"))
        goal = code_list.version_at(data["at"]).id if data.get("at") else data.get("version")
        return form.described_resolution(lists, code_list, resolve_code(code_list, data["code"], goal, data.get("from_version")))


@toolkit.side_effect_free
def ntbsatudata_kode_referensi_differences(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return what changed in list `id` from version `old` to version `new`."""
    data = checked(READ, context, data_dict, schema.differences())
    with answered():
        code_list = _lists().get(data["id"])
        return form.described_differences(code_list, differences_of(code_list, data["old"], data["new"]))


@toolkit.side_effect_free
def ntbsatudata_kode_referensi_match(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Return for each of `names` its candidates in list `id`, with scores; `state` is certain, ask or none."""
    data = checked(READ, context, data_dict, schema.match())
    with answered():
        index = NameIndex.of(_lists().get(data["id"]), data.get("version"))
        matches = index.match_all(data["names"], level=data.get("level"), within=data.get("within"))
        return [form.described_match(match) for match in matches]


@toolkit.side_effect_free
def ntbsatudata_kode_referensi_rebase(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Return how `codes` of list `id` move from `from_version` to `to_version`, and the record for the table's metadata."""
    data = checked(READ, context, data_dict, schema.rebase())
    with answered():
        code_list = _lists().get(data["id"])
        moved = rebase_codes(code_list, data["codes"], data["from_version"], data.get("to_version") or code_list.current.id)
        return {
            "moves": dict(moved.moves),
            "unclear": {code: list(became) for code, became in moved.unclear.items()},
            "record": moved.record(),
        }


__all__ = [
    "ntbsatudata_kode_referensi_differences", "ntbsatudata_kode_referensi_list", "ntbsatudata_kode_referensi_match",
    "ntbsatudata_kode_referensi_rebase", "ntbsatudata_kode_referensi_resolve", "ntbsatudata_kode_referensi_show",
]  # fmt: skip
