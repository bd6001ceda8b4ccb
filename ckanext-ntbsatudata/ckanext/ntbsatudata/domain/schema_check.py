"""Whether a whole schema folder is sound, so that it may be put in force.

Each check loads one kind of file with the loader that the portal itself uses. All checks run; each gives its first problem.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator

from ckanext.ntbsatudata.domain.aggregates.spec import load_spec
from ckanext.ntbsatudata.domain.content import Content, Region, rows_of
from ckanext.ntbsatudata.domain.content.region import LIST
from ckanext.ntbsatudata.domain.curation.working_days import WorkingDays
from ckanext.ntbsatudata.domain.data_induk import DataInduk
from ckanext.ntbsatudata.domain.errors import SatuDataError, SchemaFolderError
from ckanext.ntbsatudata.domain.extracts.profile import load_profiles
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists, boundaries
from ckanext.ntbsatudata.domain.metadata.form import Kind, load_form
from ckanext.ntbsatudata.domain.metadata.licences import Licences
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.query.lexicon import Lexicon
from ckanext.ntbsatudata.domain.query.places import PlaceNames
from ckanext.ntbsatudata.domain.schema_folder import INSTALLED, SchemaFolder
from ckanext.ntbsatudata.domain.tables.schema import load_table_schema

LANGUAGES = ("id", "en")


def problems_of(folder: SchemaFolder) -> list[str]:
    """Return a sentence for each problem of a folder; none when it may be put in force."""
    problems = [*_unread_files(folder)]
    for check in CHECKS:
        try:
            check(folder)
        except SatuDataError as error:
            problems.append(str(error))
    return list(dict.fromkeys(problems))


def require_sound(folder: SchemaFolder) -> None:
    """Raise `SchemaFolderError` with a line for each problem of a folder that may not be put in force."""
    if problems := problems_of(folder):
        raise SchemaFolderError("\n".join([*problems, f"{len(problems)} masalah pada folder skema."]))


def _unread_files(folder: SchemaFolder) -> Iterator[str]:
    """A file in a folder that the portal never reads is a slip of its writer (`message/` for `messages/`)."""
    known = {path.relative_to(INSTALLED) for path in INSTALLED.rglob("*") if path.is_dir()} | {INSTALLED.relative_to(INSTALLED)}
    for layer in folder.layers[:-1]:
        for path in sorted(layer.rglob("*")):
            place = path.relative_to(layer)
            if path.is_file() and place.parent not in known:
                yield f"Berkas {place} tidak akan dibaca: folder {place.parent} tidak dikenal."


def _yaml(folder: SchemaFolder) -> None:
    for layer in folder.layers:
        for path in sorted(layer.rglob("*.yaml")):
            folder.read_yaml(str(path.relative_to(layer)))


def _messages(folder: SchemaFolder) -> None:
    first, second = (Messages.load(folder, language) for language in LANGUAGES)
    if lacking := first.sentences.keys() ^ second.sentences.keys():
        raise SchemaFolderError(f"messages/id.yaml dan messages/en.yaml tidak punya kode yang sama: {', '.join(sorted(lacking))}.")
    for code in first.sentences:
        values = [_values(messages.sentences[code].message + messages.sentences[code].remedy) for messages in (first, second)]
        if values[0] != values[1]:
            raise SchemaFolderError(f"messages: kode {code} memakai nilai yang berbeda dalam kedua bahasa.")


def _values(template: str) -> set[str]:
    return {name.partition("[")[0] for _, name, _, _ in string.Formatter().parse(template) if name}


def _content(folder: SchemaFolder) -> None:
    lists = CodeLists.load(folder)
    for item in lists.get(LIST).edition().of_level("provinsi"):
        region = Region.of(lists, item.code)
        for dataset in Content.load(folder, region).datasets:
            for table in dataset.tables:
                rows_of(table, folder, lists, region)


def _code_lists(folder: SchemaFolder) -> None:
    CodeLists.load(folder)


def _data_induk(folder: SchemaFolder) -> None:
    DataInduk.load(folder)


def _boundaries(folder: SchemaFolder) -> None:
    edition = CodeLists.load(folder).get(boundaries.described(folder)["list"]).edition()
    for name in folder.names(boundaries.FOLDER, ".geojson"):
        level = name.removeprefix(f"{boundaries.FOLDER}/").removesuffix(".geojson")
        boundaries.load(folder, edition, level)


def _forms(folder: SchemaFolder) -> None:
    for kind in Kind:
        load_form(folder, kind)
    Licences.load(folder)


def _tables(folder: SchemaFolder) -> None:
    names = _below(folder, "tables")
    profiles = {name for name in names if "columns" in (folder.read_yaml(name) or ())}  # of a programme's extract; the others are schemas
    for programme in sorted({name.split("/")[1] for name in profiles}):
        load_profiles(folder, programme)
    for name in names:
        if name not in profiles:
            load_table_schema(folder, str(folder.file(name)))


def _aggregates(folder: SchemaFolder) -> None:
    lists = CodeLists.load(folder)
    for name in _below(folder, "aggregates"):
        load_spec(folder.file(name), lists)


def _search(folder: SchemaFolder) -> None:
    Lexicon.load(folder)
    PlaceNames.load(folder)


def _below(folder: SchemaFolder, top: str) -> list[str]:
    """The relative paths of the YAML files of all folders below one, over all layers."""
    return sorted({str(path.relative_to(layer)) for layer in folder.layers for path in (layer / top).rglob("*.yaml")})


def _calendar(folder: SchemaFolder) -> None:
    WorkingDays.load(folder)


CHECKS: tuple[Callable[[SchemaFolder], None], ...] = (
    _yaml, _messages, _code_lists, _data_induk, _boundaries, _forms, _tables, _aggregates, _search, _content, _calendar,
)  # fmt: skip
