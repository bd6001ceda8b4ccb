"""`satudata kode`: ask the code lists, match names, move tables to another version, take over a decree. Needs no portal."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import click
import yaml

from ckanext.ntbsatudata.domain.errors import UsageError
from ckanext.ntbsatudata.domain.kode_referensi import CodeList, CodeLists, Edition, NameIndex, Version, differences, rebase, resolve
from ckanext.ntbsatudata.domain.kode_referensi import publishing as form
from ckanext.ntbsatudata.domain.kode_referensi.decree import as_csv, as_description, take_over
from ckanext.ntbsatudata.domain.problems import Messages
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

EXIT_PROBLEMS = 1

as_json = click.option("--json", "json_wanted", is_flag=True, help="Print JSON for programs.")
at_date = click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The version in force on this day.")
at_version = click.option("--version", "version_id", help="This version; see `satudata kode versions LIST`.")


@click.group()
def kode() -> None:
    """Code lists (kode referensi): look up, resolve, compare, match, re-base."""


def _folder() -> SchemaFolder:
    return SchemaFolder.from_environment(os.environ)


def _lists() -> CodeLists:
    return CodeLists.load(_folder())


def _edition(code_list: CodeList, version_id: str | None, day: datetime | None) -> Edition:
    if version_id and day:
        raise UsageError("Pakai --version atau --date, tidak keduanya.")
    return code_list.at(day.date()) if day else code_list.edition(version_id)


def _print(json_wanted: bool, value: Any, lines: Callable[[], Iterable[str]]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2) if json_wanted else "\n".join(lines()))


@kode.command("lists")
@as_json
def lists_(json_wanted: bool) -> None:
    """List all code lists with issuer, version and legal basis."""
    described = [form.described_list(code_list) for code_list in _lists()]
    _print(
        json_wanted,
        described,
        lambda: (f"{one['id']}\t{one['count']}\t{one['version']}\t{one['issuer']}\t{one['legal_basis']}" for one in described),
    )


@kode.command()
@click.argument("list_id", metavar="LIST")
@as_json
def versions(list_id: str, json_wanted: bool) -> None:
    """List the versions of a code list, oldest first."""
    described = [form.described_version(version) for version in _lists().get(list_id).versions]
    _print(json_wanted, described, lambda: (f"{one['version']}\t{one['valid_from']}\t{one['legal_basis']}" for one in described))


@kode.command()
@click.argument("list_id", metavar="LIST")
@at_version
@at_date
@click.option("--level", help="Only this level, such as kecamatan.")
@click.option("--within", help="Only what lies below this code.")
@as_json
def items(list_id: str, version_id: str | None, day: datetime | None, level: str | None, within: str | None, json_wanted: bool) -> None:
    """Print the items of a list as CSV (or JSON), at a version or a date."""
    code_list = _lists().get(list_id)
    edition = _edition(code_list, version_id, day)
    chosen = form.select(code_list, edition, level=level, within=within)
    described = {**form.described_list(code_list, edition), "items": [form.described_item(code_list, item) for item in chosen]}
    _print(json_wanted, described, lambda: [form.as_rows(code_list, chosen).rstrip().replace("\r\n", "\n")])


@kode.command("resolve")
@click.argument("code")
@click.option("--list", "list_id", help="The list the code is of; needed when several lists have it.")
@click.option("--from-version", help="The version the code is read in; the oldest that has it by default.")
@at_version
@at_date
@as_json
def resolve_(
    code: str, list_id: str | None, from_version: str | None, version_id: str | None, day: datetime | None, json_wanted: bool
) -> None:
    """Say what became of a code, and what the same place is called in the other system."""
    found = _lists()
    code_list = found.knowing(code, list_id)
    goal = _edition(code_list, version_id, day).version.id
    described = form.described_resolution(found, code_list, resolve(code_list, code, goal, from_version))

    def lines() -> Iterable[str]:
        yield f"{code}\t{described['relation']}\t{described['from_version']} -> {described['to_version']}\t{code_list.id}"
        for item in described["items"]:
            yield f"{item['code']}\t{item['name']}"
        for place in described["elsewhere"]:
            for item in place["items"]:
                yield f"{item['code']}\t{item['name']}\t{place['relation']}\t{place['list']}"

    _print(json_wanted, described, lines)


@kode.command()
@click.argument("list_id", metavar="LIST")
@click.argument("old")
@click.argument("new")
@as_json
def diff(list_id: str, old: str, new: str, json_wanted: bool) -> None:
    """Show what changed from one version to another."""
    code_list = _lists().get(list_id)
    described = form.described_differences(code_list, differences(code_list, old, new))

    def lines() -> Iterable[str]:
        yield from (f"+ {item['code']}\t{item['name']}" for item in described["added"])
        yield from (f"- {item['code']}\t{item['name']}" for item in described["gone"])
        yield from (f"~ {pair['code']}\t{pair['old']} -> {pair['new']}" for pair in described["renamed"])
        yield from (f"> {change['code']}\t{change['relation']}\t{', '.join(change['became'])}" for change in described["changes"])

    _print(json_wanted, described, lines)


@kode.command()
@click.argument("source", type=click.File(encoding="utf-8-sig"), default="-")
@click.option("--list", "list_id", default="wilayah", show_default=True)
@click.option("--column", help="The column that holds the names; without it each line is a name.")
@click.option("--level", help="Only this level, such as kecamatan.")
@click.option("--within", help="Only what lies below this code.")
@at_version
@as_json
def match(
    source: TextIO, list_id: str, column: str | None, level: str | None, within: str | None, version_id: str | None, json_wanted: bool
) -> None:
    """Match names to codes, with candidates and a score. Exit code 1 when a name is not certain."""
    index = NameIndex.of(_lists().get(list_id), version_id)
    names = [name for name in _names(source, column) if name.strip()]
    matches = index.match_all(names, level=level, within=within)
    if json_wanted:
        click.echo(json.dumps([form.described_match(one) for one in matches], ensure_ascii=False, indent=2))
    else:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["name", "state", "code", "matched_name", "score", "others"])
        for one in map(form.described_match, matches):
            first, *others = one["candidates"] or [{"code": "", "name": "", "score": ""}]
            known = one["state"] == "certain"
            rest = "; ".join(
                f"{other['code']} {other['name']} {other['score']}" for other in ([] if known else [first, *others]) if other["code"]
            )
            writer.writerow(
                [one["name"], one["state"], first["code"] if known else "", first["name"] if known else "", first["score"], rest]
            )
    if not all(one.certain for one in matches):
        click.get_current_context().exit(EXIT_PROBLEMS)


def _names(source: TextIO, column: str | None) -> list[str]:
    if column is None:
        return [line.rstrip("\n") for line in source]
    return [row[column] or "" for row in _table(source, column)]


def _table(source: TextIO, column: str) -> list[dict[str, str]]:
    reader = csv.DictReader(source)
    if column not in (reader.fieldnames or ()):
        raise UsageError(f'Tidak ada kolom "{column}". Kolom yang ada: {", ".join(reader.fieldnames or ())}.')
    return list(reader)


@kode.command("rebase")
@click.argument("source", type=click.File(encoding="utf-8-sig"))
@click.option("--column", required=True, help="The column that holds the codes.")
@click.option("--list", "list_id", default="wilayah", show_default=True)
@click.option("--from-version", required=True, help="The version the codes are of.")
@click.option("--version", "to_version", help="The version to move to; the one in force by default.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The new table; OUT.json says what was moved.")
def rebase_(source: TextIO, column: str, list_id: str, from_version: str, to_version: str | None, out: Path) -> None:
    """Move the codes of a table to another version. Exit code 1, and nothing is written, when a code was split or is gone."""
    code_list = _lists().get(list_id)
    rows = _table(source, column)
    moved = rebase(code_list, [row[column] for row in rows], from_version, to_version or code_list.current.id)
    for code, became in moved.unclear.items():
        click.echo(
            f"{code}: {'menjadi ' + ', '.join(became) if became else 'tidak ada penggantinya'}; nilainya perlu dibagi oleh pemiliknya.",
            err=True,
        )
    if moved.unclear:
        click.get_current_context().exit(EXIT_PROBLEMS)
    with out.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(rows[0]) if rows else [column], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, column: moved.moves[row[column]]} for row in rows)
    out.with_suffix(f"{out.suffix}.json").write_text(json.dumps(moved.record(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    changed = sum(old != new for old, new in moved.moves.items())
    click.echo(f"{changed} kode dipindahkan ke versi {moved.to_version}; {len(moved.merged)} perlu dijumlahkan.")


@kode.command("new-version")
@click.argument("list_id", metavar="LIST")
@click.argument("source", type=click.File(encoding="utf-8-sig"))
@click.option("--version", "version_id", required=True, help="The short name of the version, such as 2430/2025.")
@click.option("--legal-basis", required=True, help="The decree in full.")
@click.option("--valid-from", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--source-note", default="", help="Where the file comes from.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The schema folder to write into.")
def new_version(list_id: str, source: TextIO, version_id: str, legal_basis: str, valid_from: datetime, source_note: str, out: Path) -> None:
    """Take over a decree: a CSV with kode and nama becomes a new version. Changes it proposes are marked as proposals."""
    folder = _folder()
    code_list = CodeLists.load(folder).get(list_id)
    rows = [(row["kode"] or "", row.get("nama") or "") for row in _table(source, "kode")]
    decree = take_over(code_list, rows, Version(version_id, legal_basis, valid_from.date(), source=source_note))
    messages = Messages.load(folder)
    for problem in decree.problems:
        click.echo(messages.line(problem), err=True)
    if any(problem.severity.blocks for problem in decree.problems):
        click.get_current_context().exit(EXIT_PROBLEMS)
    target = out / "kode_referensi"
    target.mkdir(parents=True, exist_ok=True)
    described = as_description(decree.code_list, folder.read_yaml(f"kode_referensi/{code_list.id}.yaml"))
    (target / f"{code_list.id}.csv").write_text(as_csv(decree.code_list), encoding="utf-8")
    (target / f"{code_list.id}.yaml").write_text(
        yaml.safe_dump(described, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8"
    )
    found = differences(decree.code_list, code_list.current.id, version_id)
    click.echo(
        f"{len(found.added)} kode baru, {len(found.gone)} hilang, {len(found.renamed)} berganti nama, {len(decree.proposed)} usulan perubahan."
    )
    click.echo(f"Tertulis di {target}. Periksa bagian changes di {code_list.id}.yaml.")


@kode.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--list", "list_id", default="wilayah", show_default=True)
@click.option("--level", required=True, help="The level of the regions, such as kecamatan.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The schema folder to write into.")
def boundaries(source: Path, list_id: str, level: str, out: Path) -> None:
    """Put boundaries right (GeoJSON, valid, oriented) and write them whole and sized for a page."""
    from ckanext.ntbsatudata.domain.kode_referensi.boundaries import FOLDER, Box, prepare

    folder = _folder()
    edition = CodeLists.load(folder).get(list_id).edition()
    try:
        collection = json.loads(source.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"{source.name} bukan GeoJSON yang terbaca.") from error
    shapes, problems = prepare(collection, edition, Box.load(folder))
    messages = Messages.load(folder)
    for problem in problems:
        click.echo(messages.line(problem), err=True)
    if problems:
        click.get_current_context().exit(EXIT_PROBLEMS)
    target = out / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for name, each in ((f"{level}.geojson", shapes), (f"{level}.halaman.geojson", shapes.for_page())):
        text = json.dumps(each.as_geojson(edition), ensure_ascii=False, separators=(",", ":"))
        (target / name).write_text(text + "\n", encoding="utf-8")
        click.echo(f"{target / name}: {len(each.shapes)} wilayah, {len(text) // 1024} KB")
