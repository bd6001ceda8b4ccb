"""`ckan ntbsatudata curation`: something in every queue of a demonstration portal."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import ckan.model as model
import click
from ckan.plugins import toolkit
from werkzeug.datastructures import FileStorage

from ckanext.ntbsatudata.domain.curation.policies import Principle
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.logic import metadata_records, revisions
from ckanext.ntbsatudata.model.curation import Revision

ALL_MET = {principle.value: {"met": True, "note": ""} for principle in Principle}
_COPIED = (
    "notes", "konsep", "definisi", "klasifikasi", "ukuran", "satuan", "id_sds", "frequency", "topik", "theme", "temporal_start", "temporal_end",
    "kode_wilayah", "spatial_text", "level_estimasi", "access_rights", "license_id", "author", "author_email", "maintainer", "maintainer_email",
    "owner_org", "id_mskeg", "urusan", "jenis",
)  # fmt: skip
_NEW = ("Contoh: Jumlah Perpustakaan Desa", "Contoh: Panjang Jalan Kabupaten Menurut Kondisi", "Contoh: Jumlah Koperasi Aktif")
_TABLE = "kode_wilayah,tahun,jumlah\n52.01,2024,{0}\n52.02,2024,{1}\n52.03,2024,{2}\n"
_COLUMNS = [
    {"name": "kode_wilayah", "type": "string", "title": "Kode wilayah (Kemendagri)", "kode_referensi": "wilayah-kemendagri"},
    {"name": "tahun", "type": "year", "title": "Tahun"},
    {"name": "jumlah", "type": "integer", "title": "Jumlah", "unit": "unit"},
]


@click.group()
def curation() -> None:
    """Curation of a demonstration portal."""


@curation.command()
def sample() -> None:
    """Leave something in the queue of every sample account. Once: where there are revisions, nothing is done."""
    if model.Session.query(Revision).count():
        click.echo("contoh kurasi: sudah ada")
        return
    begun = [_revision(name, *words) for name, words in _REVISIONS.items() if _find(name)]
    for revision in begun[1:]:
        _act("produsen", "ntbsatudata_revision_submit", id=revision["id"], changelog=revision["changelog"])
    for revision, then in zip(begun[1:], (_leave, _await_pembina, _send_back, _approve), strict=False):
        then(revision)
    for number, title in enumerate(_NEW, start=1):
        if begun:
            _first_publication(title, number, _act("produsen", "package_show", id=begun[0]["working_id"]))
    click.echo(f"contoh kurasi: {len(begun)} revisi, {len(_NEW) if begun else 0} dataset baru")


# The dataset: what is written into its revision, and what is said of it. The first stays a draft.
_REVISIONS: dict[str, tuple[str, str]] = {
    "kode-wilayah": ("Penjelasan cara memakai kode lama ditambahkan.", "Penjelasan tentang kode lama."),
    "contoh-pagu-kegiatan-kabupaten-kota": ("Angka rekaan. Realisasi dihitung sampai akhir tahun.", "Penjelasan realisasi diperjelas."),
    "contoh-persediaan-vaksin-kecamatan": (
        "Angka rekaan. Persediaan dihitung pada akhir bulan.",
        "Waktu penghitungan persediaan dijelaskan.",
    ),
    "jumlah-penduduk-kabupaten-kota": ("Penduduk tercatat pada akhir tahun.", "Keterangan waktu ditambahkan."),
    "luas-wilayah-kabupaten-kota": ("Luas menurut keputusan menteri yang berlaku.", "Dasar hukum luas wilayah disebut."),
}


def _revision(name: str, notes: str, changelog: str) -> dict[str, Any]:
    dataset = _find(name)
    revision = _act("produsen", "ntbsatudata_revision_create", id=dataset["id"])
    _act("produsen", "package_patch", id=revision["working_id"], notes=notes, id_mskeg=_activity(dataset["owner_org"]))
    for resource in _act("produsen", "package_show", id=revision["working_id"])["resources"]:
        if not resource.get("rights"):
            _act("produsen", "resource_patch", id=resource["id"], rights="Akses terbuka")
    return {**revision, "changelog": changelog}


def _leave(revision: Mapping[str, Any]) -> None:
    """It waits for the walidata."""


def _await_pembina(revision: Mapping[str, Any]) -> None:
    _act("walidata", "ntbsatudata_revision_return", id=revision["id"], reason="Tandai sebagai data prioritas 2026.")
    _act("produsen", "package_patch", id=revision["working_id"], prioritas_tahun=["2026"], kriteria_prioritas="RPJMD")
    _act("produsen", "ntbsatudata_revision_submit", id=revision["id"], changelog=revision["changelog"])
    _approve(revision)


def _send_back(revision: Mapping[str, Any]) -> None:
    _act(
        "walidata",
        "ntbsatudata_revision_comment_create",
        id=revision["id"],
        field="definisi",
        text="Sebut apakah penghuni panti ikut dihitung.",
    )
    _act("walidata", "ntbsatudata_revision_return", id=revision["id"], reason="Definisi perlu dilengkapi; lihat catatan pada isian itu.")


def _approve(revision: Mapping[str, Any]) -> None:
    _act("walidata", "ntbsatudata_revision_approve", id=revision["id"], reason="Keempat prinsip terpenuhi.", principles=ALL_MET)


def _first_publication(title: str, number: int, pattern: Mapping[str, Any]) -> None:
    metadata = {name: pattern[name] for name in _COPIED if pattern.get(name)}
    name = title.lower().replace("contoh: ", "contoh-").replace(" ", "-")
    metadata |= {"name": name, "title": title, "notes": "Angka rekaan untuk mencoba kurasi.", "tags": [{"name": "contoh"}]}
    dataset = _act("produsen", "package_create", **metadata)
    table = _TABLE.format(10 * number, 7 + number, 12 - number)
    _act(
        "produsen", "resource_create", package_id=dataset["id"], name=title, url="tabel.csv", format="CSV", mimetype="text/csv", rights="Akses terbuka",
        schema={"fields": _COLUMNS}, upload=FileStorage(io.BytesIO(table.encode()), "tabel.csv", content_type="text/csv"),
    )  # fmt: skip
    revision = _act("produsen", "ntbsatudata_revision_list", dataset_id=dataset["id"])[0]
    _act("produsen", "ntbsatudata_revision_submit", id=revision["id"])


def _activity(owner_org: str) -> str:
    """Return the agency's sample activity, made of the examples of the form where there is none."""
    known = _act("produsen", "ntbsatudata_mskegiatan_list", owner_org=owner_org)
    if known:
        return str(known[0]["id"])
    fields = metadata_records.standard().forms[Kind.MSKEG].fields
    answers = {field.name: field.example for field in fields if field.example is not None}
    while wrong := [field.name for field in fields if field.name in answers and field.when is not None and not field.when.holds(answers)]:
        answers = {name: answer for name, answer in answers.items() if name not in wrong}
    return str(_act("produsen", "ntbsatudata_mskegiatan_create", owner_org=owner_org, **answers)["id"])


def _find(name: str) -> dict[str, Any]:
    package = model.Package.get(name)
    if package is None or package.state != "active" or revisions.newest_release(package.id) is None:
        return {}
    return dict(_act("produsen", "package_show", id=package.id))


def _act(user: str, action: str, /, **data: Any) -> Any:
    return toolkit.get_action(action)({"user": user}, data)
