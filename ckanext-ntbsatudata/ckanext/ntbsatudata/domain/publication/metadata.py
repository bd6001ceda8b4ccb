"""The national metadata of a protected table, from its registry entry: dataset, columns, indicators, and how disclosure is controlled.

What an entry does not say (who answers, konsep, definisi) stands in `schemas/metadata/programmes/<programme>.yaml`; what neither
says stays empty, so that the check before submission asks a person for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.ntbsatudata.domain.aggregates.period import months_of
from ckanext.ntbsatudata.domain.aggregates.policy import Zeros
from ckanext.ntbsatudata.domain.aggregates.published_release import PublishedRelease
from ckanext.ntbsatudata.domain.aggregates.quantile import QuantileSpec
from ckanext.ntbsatudata.domain.aggregates.spec import MEASURE, AggregateSpec, Measure, RateSpec
from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.publication.figures import in_time_order
from ckanext.ntbsatudata.domain.publication.release_folder import STATUS, VALUE
from ckanext.ntbsatudata.domain.publication.wording import STATUS_EXPLAINED, STATUS_WORDS, Language, period_name
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FOLDER = "metadata/programmes"
LEVELS = {"provinsi": "Provinsi", "kabupaten_kota": "Kabupaten/Kota", "kecamatan": "Kecamatan", "desa_kelurahan": "Desa/Kelurahan"}


@dataclass(frozen=True)
class Programme:
    """What a programme says of all its tables, and of each (`tables`), beside their registry entries."""

    name: str
    organization: str
    topics: Sequence[str]
    dataset: Mapping[str, Any]
    activity: Mapping[str, Any]
    tables: Mapping[str, Mapping[str, Any]]

    @classmethod
    def load(cls, folder: SchemaFolder, name: str) -> Programme:
        """Return what the folder says of a programme; a programme without a file of its own has nothing but its name."""
        path = f"{FOLDER}/{name}.yaml"
        said: Mapping[str, Any] = folder.read_yaml(path) if path in folder.names(FOLDER, ".yaml") else {}
        return cls(
            name, str(said.get("organization", "")), tuple(said.get("topics", ())), said.get("dataset", {}), said.get("activity", {}),
            said.get("tables", {}),
        )  # fmt: skip


@dataclass(frozen=True)
class TableMetadata:
    """The metadata of one release of a table, in the form the catalogue keeps them."""

    spec: AggregateSpec
    programme: Programme
    release: PublishedRelease
    region_name: str
    synthetic: bool = False

    def dataset(self) -> dict[str, Any]:
        """Return the fields of the dataset, without agency, records and files."""
        spec = self.spec
        periods = in_time_order(self.release.codes[spec.period])
        own = self.programme.tables.get(spec.name, {})
        levels = self.levels()
        notes = [str(own.get("notes") or spec.title["id"] + "."), f"Sumber: {spec.source}." if spec.source else ""]
        notes.append("Data sintetis untuk peragaan; bukan keadaan sebenarnya." if self.synthetic else "")
        return {
            **self.programme.dataset,
            "title": f"{spec.title['id']} di {self.region_name}",
            "notes": " ".join(part for part in notes if part),
            "tags": [{"name": tag} for tag in (*self.programme.dataset.get("tags", ()), *own.get("tags", ()), *self._synthetic_tag())],
            "klasifikasi": [*(spec.titles[d.name]["id"].lower() for d in spec.dimensions), "indikator", "periode"],
            "temporal_start": months_of(periods[0])[0] if periods else "",
            "temporal_end": months_of(periods[-1])[-1] if periods else "",
            "kode_wilayah": [str(spec.dimensions[0].total)],
            "spatial_text": self.region_name,
            "level_estimasi": LEVELS.get(levels[-1], levels[-1]),
            "version": spec.version,
            "provenance": self.methodology(),
            "catatan_mutu": self.gaps(),
            **{name: value for name, value in own.items() if name not in ("notes", "tags", "indicators")},
            "aggregate": self.described(),
        }

    def described(self) -> dict[str, Any]:
        """Return what a page or a program needs to read the long table: where its totals are and what its indicators mean."""
        spec = self.spec
        shares = {rate.code: rate for rate in spec.rates}
        quantiles = {one.code: {"unit": one.unit, "decimals": one.decimals} for one in spec.quantiles}
        return {
            "programme": self.programme.name,
            "table": spec.name,
            "version": spec.version,
            "synthetic": self.synthetic,
            "period": spec.period,
            "region": spec.region,
            "top": spec.dimensions[0].total,
            "region_list": spec.code_lists.get(spec.region, ""),
            "levels": self.levels(),
            "totals": {d.name: d.total for d in spec.dimensions[1:]},
            "headline": spec.headline,
            "indicators": [
                {
                    "code": one.code,
                    "title": dict(one.title),
                    **(
                        {
                            "unit": {100: "%", 1000: "‰"}.get(int(shares[one.code].per), ""),
                            "decimals": shares[one.code].decimals,
                            "numerator": shares[one.code].numerator,
                            "denominator": shares[one.code].denominator,
                        }
                        if one.code in shares
                        else quantiles.get(one.code, {})
                    ),
                }
                for one in self._all()
            ],
        }

    def levels(self) -> list[str]:
        """Return the levels of the region that the table shows, the widest first."""
        order = list(dict.fromkeys((self.spec.dimensions[0].levels or {}).values()))
        shown = {level for cross in self.spec.crosses for level in cross.levels}
        return [level for level in order if level in shown]

    def columns(self) -> list[dict[str, Any]]:
        """Return the columns as fields of a Table Schema, each with its code list or its codes."""
        spec = self.spec
        fields: list[dict[str, Any]] = [
            {"name": spec.period, "type": "string", "title": "Periode", "description": "Bulan 2026-01, triwulan 2026-TW1, semester 2026-S1, atau tahun 2026."}
        ]  # fmt: skip
        for dimension in spec.dimensions:
            text = f"Kode {dimension.total} adalah jumlah seluruhnya." if dimension.total else ""
            column = {"name": dimension.name, "type": "string", "title": spec.titles[dimension.name]["id"], "description": text}
            if dimension.name in spec.code_lists:
                column["kode_referensi"] = spec.code_lists[dimension.name]
            fields.append(column)
        labels = [{"value": one.code, "label": one.title["id"]} for one in self._all()]
        whole = all(value is None or float(value).is_integer() for value in self.release.values)
        fields.append({"name": MEASURE, "type": "string", "title": "Indikator", "description": "Yang dihitung.", "categories": labels})
        own = self.programme.tables.get(spec.name, {})
        fields.append(
            {
                "name": VALUE, "type": "integer" if whole else "number", "title": "Nilai",
                "description": "Kosong bila status memuat c, :, - atau n. " + str(own.get("definisi") or ""),
                "unit": str(own.get("satuan") or ""),
            }
        )  # fmt: skip
        statuses = [{"value": one.value, "label": text} for one, text in STATUS_WORDS[Language.ID].items() if one.value]
        fields.append(
            {"name": STATUS, "type": "string", "title": "Status", "description": "Kosong berarti nilai tetap.", "categories": statuses}
        )
        return [{**column, "constraints": {"required": True}} if column["name"] not in (VALUE, STATUS) else column for column in fields]

    def indicators(self, activity: str) -> list[dict[str, Any]]:
        """Return the answers of an MS-Indikator for each rate; for each measure where the table has no rates."""
        spec, own = self.spec, self.programme.tables.get(self.spec.name, {})
        titles = {one.code: one.title["id"] for one in spec.measures}
        words = own.get("indicators", {})
        common = {
            "konsep": [str(own["konsep"])] if own.get("konsep") else [],
            "variabel_disaggregasi": [
                {"nama": spec.titles[d.name]["id"], "sumber": spec.code_lists.get(d.name, "")} for d in spec.dimensions
            ],
            "apakah_indikator_komposit": False,
            "level_estimasi": LEVELS.get(self.levels()[-1], self.levels()[-1]),
            "apakah_indikator_bisa_diakses_umum": True,
        }
        answers: list[dict[str, Any]] = []
        for rate in spec.rates:
            part, whole = titles[rate.numerator], titles[rate.denominator]
            answers.append({
                "nama": rate.title["id"], "definisi": f"{part} dibanding {whole}.", "ukuran": "Persentase", "satuan": "Persen",
                "metode_perhitungan": f"{part} dibagi {whole}, dikali {rate.per:g}. Nisbah dua jumlah, bukan rata-rata nisbah.",
                "rumus": f"{rate.numerator} / {rate.denominator} * {rate.per:g}",
                "interpretasi": f"Makin besar nilainya, makin besar bagian {part} dari {whole}.",
                "variabel_pembangun": _built_from(activity, (part, whole)), **words.get(rate.code, {}), **common,
            })  # fmt: skip
        for measure in spec.measures if not spec.rates else ():
            name = measure.title["id"]
            answers.append({
                "nama": name, "definisi": str(own.get("definisi") or f"{name}."), "ukuran": str(own.get("ukuran") or "Jumlah"),
                "satuan": str(own.get("satuan") or ""), "metode_perhitungan": "Penjumlahan catatan pada wilayah dan periode itu.",
                "interpretasi": f"Makin besar nilainya, makin banyak {name}.",
                "variabel_pembangun": _built_from(activity, (name,)), **words.get(measure.code, {}), **common,
            })  # fmt: skip
        return [{"nomor": number, **one} for number, one in enumerate(answers, start=1)]

    def gaps(self) -> str:
        """Return what is missing from this release, and which periods may still change."""
        periods: Mapping[str, set[str]] = {status.value: set() for status in Status}
        for code, mark in zip(self.release.codes[self.spec.period], self.release.statuses, strict=True):
            periods[mark].add(code)
        parts = []
        for status, text in ((Status.INCOMPLETE, "Belum lengkap"), (Status.PROVISIONAL, "Masih sementara")):
            named = [period_name(code, Language.ID) for code in in_time_order(sorted(periods[status.value]))]
            if named:
                parts.append(f"{text} ({status.value}): {', '.join(named)}.")
        hidden = sum(mark == Status.HIDDEN.value for mark in self.release.statuses)
        share = 100 * hidden / max(1, len(self.release.statuses))
        parts.append(f"Dirahasiakan (c): {hidden} dari {len(self.release.statuses)} sel ({f'{share:.1f}'.replace('.', ',')} %).")
        return " ".join(parts)

    def methodology(self) -> str:
        """Return how the figures are made, how persons are protected and what each status means, as Markdown."""
        spec = self.spec
        titles = {one.code: one.title["id"] for one in spec.measures}
        lines = ["### Sumber dan cara hitung", "", f"Sumber: {spec.source or '-'}. Definisi tabel versi {spec.version}.", ""]
        lines += [
            f"- **{rate.title['id']}** = {titles[rate.numerator]} / {titles[rate.denominator]} × {rate.per:g}, {rate.decimals} desimal."
            for rate in spec.rates
        ]
        lines += [
            f"- **{one.title['id']}** dibaca dari jumlah menurut pita {spec.titles[one.over]['id']} yang terbit, dengan sebaran rata di dalam pita; "
            f"hanya bila jumlahnya sedikitnya {one.minimum} dan tidak jatuh pada yang belum selesai."
            for one in spec.quantiles
        ]
        lines += ["", "### Pengendalian pengungkapan", "", self._disclosure(), "", "### Arti simbol status", ""]
        lines += [
            f"- **{one.value or 'kosong'}** ({STATUS_WORDS[Language.ID][one]}): {text}"
            for one, text in STATUS_EXPLAINED[Language.ID].items()
        ]
        return "\n".join(lines)

    def _disclosure(self) -> str:
        policy = self.spec.policy
        if (policy.threshold or 1) <= 1:
            return "Tabel ini menghitung benda dan kejadian umum, bukan orang; jumlahnya ditampilkan apa adanya."
        zeros = "Angka nol dapat ikut ditutup." if policy.zeros is Zeros.SUPPRESSIBLE else "Angka nol selalu ditampilkan."
        return (
            f"Jumlah di bawah {policy.threshold} tidak ditampilkan, begitu pula angka lain yang dapat dipakai untuk menghitungnya kembali dari "
            f"jumlah, selisih, persentase, periode lain, atau rilis terdahulu. {zeros} Angka yang tampil tepat: tidak dibulatkan dan tidak diacak, "
            "dan setiap jumlah sama dengan jumlah bagian-bagiannya. Persentase hanya ditampilkan bila pembilang dan penyebutnya tampil. "
            "Sebelum terbit, setiap rilis diserang program kedua yang hanya melihat apa yang dilihat publik, termasuk semua rilis terdahulu; "
            "rilis yang tidak lolos ditahan. Yang pernah terbit tidak ditarik sebagai perlindungan."
        )  # fmt: skip

    def _all(self) -> Sequence[RateSpec | QuantileSpec | Measure]:
        return (*self.spec.derived, *self.spec.measures)

    def _synthetic_tag(self) -> tuple[str, ...]:
        return ("data sintetis",) if self.synthetic else ()


def _built_from(activity: str, names: Sequence[str]) -> list[dict[str, str]]:
    return [{"kegiatan_penghasil": activity, "kode_kegiatan": "", "nama": name} for name in names]
