"""`satudata metadata`: the national metadata on files: check a record, exchange with INDAH, read forms and other catalogues. Needs no portal."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click

from ckanext.ntbsatudata.domain.errors import UsageError
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists
from ckanext.ntbsatudata.domain.metadata.check import check_record
from ckanext.ntbsatudata.domain.metadata.form import FieldType, Form, Kind, Obligation
from ckanext.ntbsatudata.domain.metadata.incoming import Incoming, from_ckan, from_data_json
from ckanext.ntbsatudata.domain.metadata.indah import kind_of, read_payload, write_payload
from ckanext.ntbsatudata.domain.metadata.proposal import Context, propose
from ckanext.ntbsatudata.domain.metadata.standard import Standard
from ckanext.ntbsatudata.domain.metadata.standards_list import StandardsList
from ckanext.ntbsatudata.domain.metadata.workbook import not_a_form, read_workbook
from ckanext.ntbsatudata.domain.problems import Messages, Problem
from ckanext.ntbsatudata.domain.quality import Scales, assess
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder
from ckanext.ntbsatudata.domain.tables.checking import check_table
from ckanext.ntbsatudata.domain.tables.reading import opened_table

EXIT_PROBLEMS = 1
KINDS = [kind.value for kind in (Kind.MSKEG, Kind.MSIND, Kind.MSVAR)]

a_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def metadata() -> None:
    """National metadata: check a record, exchange with INDAH, read BPS forms and other catalogues."""


def _folder() -> SchemaFolder:
    return SchemaFolder.from_environment(os.environ)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} bukan JSON yang sah: {error}.") from error


def _print(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _say(problems: Iterable[Problem]) -> bool:
    """Print the sentences of problems to stderr; return whether one of them blocks."""
    messages, found = Messages.load(_folder()), list(problems)
    for problem in found:
        click.echo(messages.line(problem), err=True)
    return any(problem.severity.blocks for problem in found)


@metadata.command("form")
@click.argument("kind", type=click.Choice(KINDS))
def form_(kind: str) -> None:
    """Print every field of a form: part, name, when it is filled in, label, source."""
    click.echo(described(Standard.of(_folder()).forms[Kind(kind)]))


def described(form: Form) -> str:
    """Return a form as a Markdown table; `docs/reference/metadata.md` holds these."""
    lines = ["| bagian | isian | kapan | label |", "| --- | --- | --- | --- |"]
    for field in form.fields:
        when = "selalu" if field.obligation is Obligation.MANDATORY else "boleh kosong"
        if field.when is not None:
            when = f"bila {form.describe(field.when)['id']}"
        if field.type is FieldType.SYSTEM:
            when = "diisi sistem"
        lines.append(f"| {field.block} | `{field.name}` | {when} | {field.label['id']} |")
    return "\n".join(lines)


@metadata.command("check")
@a_file
@click.option("--kind", type=click.Choice(KINDS), help="Which form; told from the file when it is left out.")
def check(file: Path, kind: str | None) -> None:
    """Check a record (our JSON or a payload of INDAH) against its form; exit code 1 when something blocks."""
    content, standard = _json(file), Standard.of(_folder())
    found = Kind(kind) if kind else kind_of(content)
    if found is None:
        raise UsageError("Berkas ini bukan MS-Kegiatan, MS-Indikator, atau MS-Variabel; sebutkan --kind.")
    read = read_payload(standard.forms[found], content)
    if _say([*read.problems, *check_record(standard.forms[found], read.values, standard.names, date.today())]):
        raise click.exceptions.Exit(EXIT_PROBLEMS)


@metadata.command("from-indah")
@a_file
def from_indah(file: Path) -> None:
    """Print the record of an INDAH payload in our names."""
    content = _json(file)
    kind = kind_of(content)
    if kind is None:
        raise UsageError("Berkas ini bukan payload INDAH.")
    read = read_payload(Standard.of(_folder()).forms[kind], content)
    _say(read.problems)
    _print(dict(read.values))


@metadata.command("to-indah")
@a_file
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option(
    "--base",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The payload INDAH gave: what did not change stays as it was.",
)
def to_indah(file: Path, kind: str, base: Path | None) -> None:
    """Print the INDAH payload of a record in our names."""
    _print(write_payload(Standard.of(_folder()).forms[Kind(kind)], _json(file), base=_json(base) if base else None))


@metadata.command("workbook")
@a_file
def workbook(file: Path) -> None:
    """Print the records of a BPS form workbook (MS-Var, MS-Ind)."""
    sheets = read_workbook(file, Standard.of(_folder()).forms)
    problems = [problem for sheet in sheets for problem in sheet.problems] if sheets else [not_a_form()]
    blocked = _say(problems)
    _print(
        [{"kind": sheet.kind.value, "activity": dict(sheet.activity), "records": [dict(one) for one in sheet.records]} for sheet in sheets]
    )
    if blocked:
        raise click.exceptions.Exit(EXIT_PROBLEMS)


@metadata.command("incoming")
@a_file
def incoming(file: Path) -> None:
    """Print the datasets of a `data.json` or of CKAN packages in our fields, one JSON a line; warnings are counted on stderr."""
    content, standard = _json(file), Standard.of(_folder())
    read: list[Incoming]
    if isinstance(content, dict) and "result" in content:
        result = content["result"]
        read = [from_ckan(one, standard) for one in result.get("results", [result])]
    else:
        records = content.get("dataset", []) if isinstance(content, dict) else content
        read = [from_data_json(one, standard) for one in records]
    for one in read:
        click.echo(json.dumps(one.dataset, ensure_ascii=False))
    counts = Counter(problem.code for one in read for problem in one.problems)
    click.echo(
        f"{len(read)} dataset; " + (", ".join(f"{code}: {number}" for code, number in sorted(counts.items())) or "tanpa peringatan"),
        err=True,
    )


@metadata.command("standards")
@click.argument("list_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("words", nargs=-1, required=True)
def standards(list_file: Path, words: tuple[str, ...]) -> None:
    """Search the national list of data standards."""
    for entry in StandardsList.load(list_file).search(" ".join(words)):
        click.echo(f"{entry.id_sds}  {entry.konsep} ({', '.join(entry.ukuran)}; {', '.join(entry.satuan)})")


@metadata.command("propose")
@a_file
@click.option("--region", default="52", show_default=True, help="Code of the region the data are about.")
@click.option(
    "--standards",
    "standards_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The national list of data standards.",
)
def propose_(file: Path, region: str, standards_file: Path | None) -> None:
    """Print what a table says of itself: title, period, concept, unit, columns."""
    folder = _folder()
    lists = CodeLists.load(folder)
    place = lists.get("wilayah-kemendagri").edition().item(region)
    context = Context(region, place.name, {}, None, StandardsList.load(standards_file) if standards_file else None)
    with opened_table(file) as table:
        found = propose(check_table(table, lists), file.name, context, Standard.of(folder), folder)
    _print({name: {"value": one.value, "origin": one.origin.value} for name, one in found.items()})


@metadata.command("quality")
@a_file
def quality(file: Path) -> None:
    """Print the quality report on a dataset (a `package_show` answer or its result). Links are not asked."""
    content = _json(file)
    dataset = content.get("result", content)
    folder = _folder()
    _print(assess(dataset, Scales.of(folder), Standard.of(folder), date.today()).as_dict())
