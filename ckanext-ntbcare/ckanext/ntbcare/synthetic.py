"""Made-up complaints in the form of NTB Care's tables: seeded, with its quirks, and nobody real in them.

`write_extract` writes one snapshot. Free text, phones and names are marked so that a test can look for them afterwards.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

MARKER = "PENANDA-SINTETIS"  # stands in everything that must never leave the quarantine
REGIONS = ("52.01", "52.02", "52.03", "52.04", "52.05", "52.06", "52.07", "52.08", "52.71", "52.72")
WEIGHTS = (13, 20, 25, 9, 5, 9, 3, 5, 8, 3)
CATEGORIES = (
    "jalan",
    "sampah",
    "air_bersih",
    "perhubungan",
    "lampu",
    "kesehatan",
    "adminduk",
    "bansos",
    "pendidikan",
    "kdrt_anak",
    "pungli_aparat",
    "kamtibmas",
)
CATEGORY_WEIGHTS = (20, 14, 12, 8, 8, 8, 7, 6, 4, 4, 4, 5)
AGENCIES = ("Dinas PUPR", "Dinas LHK", "Dinas Perhubungan", "Dinkes", "DPMPD Dukcapil", "Dinas Sosial")
PRIORITIES = ("segera", "penting", "biasa", "biasa")


@dataclass(frozen=True)
class Complaint:
    """One made-up complaint with its true course: (status as the database writes it, moment), oldest first."""

    number: int
    region: int
    category: int
    agency: int | None
    priority: str
    anonymous: bool
    received: datetime
    course: tuple[tuple[str, datetime], ...]

    def status_at(self, moment: datetime) -> str:
        return [status for status, when in (("Waiting", self.received), *self.course) if when < moment][-1]


def complaints(months: Sequence[str], per_month: int, seed: int = 52) -> list[Complaint]:
    """Return the complaints received in the months. Later months and longer lists leave earlier ones as they are."""
    made: list[Complaint] = []
    for month in months:
        draw = Random(f"{seed}/{month}")
        first = datetime.strptime(month, "%Y-%m")
        seconds = int(((first + timedelta(days=32)).replace(day=1) - first).total_seconds())
        for _ in range(per_month):
            received = first + timedelta(seconds=draw.randrange(seconds))
            region = draw.choices(range(len(REGIONS)), WEIGHTS)[0]
            category = draw.choices(range(len(CATEGORIES)), CATEGORY_WEIGHTS)[0]
            made.append(
                Complaint(
                    len(made) + 1,
                    region,
                    category,
                    draw.choice([None, *range(len(AGENCIES))]),
                    draw.choice(PRIORITIES),
                    draw.random() < 0.3,
                    received,
                    _course(received, draw),
                )  # fmt: skip
            )
    return made


def _course(received: datetime, draw: Random) -> tuple[tuple[str, datetime], ...]:
    """Return what happens to a complaint; answers take from an hour to four months, and some never come."""
    when, steps = received, []
    for status, chance, mean_hours in (("Approved", 0.95, 6), ("On process", 0.95, 30), ("Complete", 0.85, 200)):
        if status == "Approved" and draw.random() < 0.07:
            steps.append(("Rejected", (when + timedelta(hours=draw.expovariate(1 / 20))).replace(microsecond=0)))
            return tuple(steps)
        if draw.random() > chance:
            return tuple(steps)
        when += timedelta(hours=0.2 + draw.expovariate(1 / mean_hours))
        steps.append((status, when.replace(microsecond=0)))
    if draw.random() < 0.06:
        when += timedelta(hours=draw.expovariate(1 / 100))
        steps.append(("On process", when.replace(microsecond=0)))
        if draw.random() < 0.7:
            when += timedelta(hours=1 + draw.expovariate(1 / 100))
            steps.append(("Completed", when.replace(microsecond=0)))
    return tuple(steps)


def own_code(region: int) -> str:
    """Return a 5-character code of the source's own."""
    return f"W{region + 1:04d}"


def write_extract(folder: Path, made: Iterable[Complaint], taken: datetime, with_log: bool = True) -> list[Path]:
    """Write the snapshot of a moment, as the tables of the database, and the operator's `wilayah_asal.csv` beside the folder's files."""
    folder.mkdir(parents=True, exist_ok=True)
    known = [one for one in made if one.received < taken]
    rows, log, comments, users = [], [], [], []
    for one in known:
        past = [(status, when) for status, when in one.course if when < taken]
        changed = past[-1][1] if past else one.received
        rows.append(
            [one.number, one.category + 1, "", "" if one.anonymous else one.number, f"08{MARKER}", own_code(one.region), "", "",
             "" if one.agency is None else one.agency + 1, f"Jalan {MARKER}", f"{MARKER}.jpg", f"Isi {MARKER}", one.status_at(taken), one.priority,
             str(one.received), str(changed)]
        )  # fmt: skip
        log += [[one.number, status, str(when), MARKER] for status, when in past]
        comments += [[f"Tanggapan {MARKER}", one.number, "", 1, str(when)] for _, when in past[:1]]
        users.append([one.number, f"Nama {MARKER}", f"52{MARKER}", f"{MARKER}@contoh.id"])
    header = ["id", "id_kategori", "id_subkategori", "id_pelapor", "nohp", "id_wil", "id_kec", "id_kel", "id_opd", "alamat", "bukti", "pesan", "status",
              "priority", "created_at", "updated_at"]  # fmt: skip
    files = {
        "aduans": (header, rows),
        "komentars": (["komentar", "id_aduan", "id_user", "id_admin", "created_at"], comments),
        "users": (["id", "name", "nik", "email"], users),
        "kategoris": (["id", "kategori"], [[at, code] for at, code in enumerate(CATEGORIES, start=1)]),
        "opds": (["id", "opd", "id_wilayah"], [[at, name, ""] for at, name in enumerate(AGENCIES, start=1)]),
    }
    if with_log:
        files["riwayat_status"] = (["id_aduan", "status", "waktu", "oleh"], log)
    return [_write(folder / f"{name}.csv", *content) for name, content in files.items()]


def write_operator_table(path: Path) -> Path:
    """Write the operator's mapping of own region codes (`kode_asal, kode_wilayah, nama`)."""
    return _write(path, ["kode_asal", "kode_wilayah", "nama"], [[own_code(at), code, ""] for at, code in enumerate(REGIONS)])


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path
