"""What the page of a protected table shows of its newest figures: read from its public table, drawn and told anew for each reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckan.plugins import toolkit

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.aggregates.spec import MEASURE
from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.kode_referensi import CodeLists, Edition, boundaries
from ckanext.ntbsatudata.domain.publication.chart import line_chart
from ckanext.ntbsatudata.domain.publication.figures import Figure, Indicator, in_time_order
from ckanext.ntbsatudata.domain.publication.map import region_map
from ckanext.ntbsatudata.domain.publication.reading import reading
from ckanext.ntbsatudata.domain.publication.release_folder import STATUS, VALUE
from ckanext.ntbsatudata.domain.publication.wording import STATUS_EXPLAINED, STATUS_WORDS, Language, period_name
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

MAP_WIDTH = 680
MOST_ROWS = 32_000  # what one question to the DataStore may bring
MOST_PERIODS = 60
NAMES = {
    Language.ID: {"kabupaten_kota": "kabupaten/kota", "kecamatan": "kecamatan", "desa_kelurahan": "desa/kelurahan", "provinsi": "provinsi"},
    Language.EN: {
        "kabupaten_kota": "regencies and cities",
        "kecamatan": "districts",
        "desa_kelurahan": "villages",
        "provinsi": "provinces",
    },
}


@dataclass(frozen=True)
class DrawnMap:
    """The map of one level with the figures behind it."""

    level: str
    svg: str
    figures: Sequence[Figure]


@dataclass(frozen=True)
class Figures:
    """Everything the page shows of one indicator at one period."""

    reading: str
    chart: str
    series: Sequence[Figure]
    maps: Sequence[DrawnMap]
    indicator: Indicator
    indicators: Sequence[Indicator]
    period: str
    periods: Sequence[tuple[str, str]]
    language: Language
    synthetic: bool

    def written(self, figure: Figure) -> str:
        return figure.written(self.indicator, self.language)

    def symbols(self) -> list[tuple[str, str, str]]:
        """Return each status with its word and what it means."""
        return [(one.value, STATUS_WORDS[self.language][one], text) for one, text in STATUS_EXPLAINED[self.language].items()]


@dataclass(frozen=True)
class _Table:
    """The public long table, asked for the cells where all other dimensions are at their total."""

    resource_id: str
    about: Mapping[str, Any]

    def rows(self, **wanted: Any) -> list[dict[str, Any]]:
        names = {"period": self.about["period"], "region": self.about["region"], "indicator": MEASURE}
        filters = {**self.about["totals"], **{names[key]: value for key, value in wanted.items()}}
        fields = [self.about["period"], self.about["region"], MEASURE, VALUE, STATUS]
        asked = {"resource_id": self.resource_id, "filters": filters, "fields": fields, "limit": MOST_ROWS, "include_total": False}
        found: list[dict[str, Any]] = toolkit.get_action("datastore_search")({}, asked)["records"]
        return found


def figures_of(dataset: Mapping[str, Any], asked: Mapping[str, str], language: Language) -> Figures | None:
    """Return the figures of a protected table; None for any other dataset, or where its table cannot be read.

    `asked`: `indikator` and `periode`; what the table does not have is not looked for, the first and the newest stand instead.
    """
    about = dataset.get("aggregate")
    resource = next((one for one in dataset.get("resources") or () if one.get("datastore_active") and one.get("format") == "CSV"), None)
    if not isinstance(about, Mapping) or resource is None:
        return None
    indicators = [_indicator(one) for one in about["indicators"]]
    indicator = _chosen(indicators, asked.get("indikator"), about["headline"])
    try:
        region = str(dataset.get("spatial_text") or about["top"])
        return _drawn(_Table(resource["id"], about), about, region, indicator, indicators, asked.get("periode"), language)
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return None


def _drawn(
    table: _Table, about: Mapping[str, Any], region: str, indicator: Indicator, indicators: Sequence[Indicator], asked: str | None, language: Language
) -> Figures | None:  # fmt: skip
    folder = config.schema_folder()
    edition = _edition(folder, about)
    by_period = {row[about["period"]]: row for row in table.rows(indicator=indicator.code, region=about["top"])}
    periods = in_time_order(list(by_period))
    if not periods:
        return None
    period = asked if asked in periods else periods[-1]
    until = periods[: periods.index(period) + 1][-MOST_PERIODS:]
    series = [_figure(code, period_name(code, language), by_period[code]) for code in until]
    levels = _by_level(table.rows(indicator=indicator.code, period=period), about, edition)
    drawn = []
    for level, parts in levels.items():
        paths = _paths(folder, edition, level, about["top"])
        if paths is not None:
            svg = region_map(f"map-{level}", indicator, parts, *paths, period_name(period, language), language)
            drawn.append(DrawnMap(NAMES[language].get(level, level), svg, parts))
    first = next(iter(levels), "")
    share = _share(table, about, indicator, period)
    told = reading(
        indicator, region, series, levels.get(first, ()), NAMES[language].get(first, first), language, share=share,
        synthetic=bool(about.get("synthetic")),
    )  # fmt: skip
    chart = line_chart("chart", indicator, series, region, language)
    named = [(code, period_name(code, language)) for code in reversed(periods)]
    return Figures(told, chart, series, drawn, indicator, indicators, period, named, language, bool(about.get("synthetic")))


def _indicator(said: Mapping[str, Any]) -> Indicator:
    return Indicator(
        said["code"], said["title"], said.get("unit", ""), int(said.get("decimals", 0)), said.get("numerator"), said.get("denominator")
    )


def _chosen(indicators: Sequence[Indicator], *wanted: str | None) -> Indicator:
    by_code = {one.code: one for one in indicators}
    return next((by_code[code] for code in wanted if code in by_code), indicators[0])


def _figure(code: str, name: str, row: Mapping[str, Any]) -> Figure:
    value = row[VALUE]
    return Figure(code, name, None if value is None else float(value), Status(row[STATUS] or ""))


def _edition(folder: SchemaFolder, about: Mapping[str, Any]) -> Edition | None:
    """Return the edition of the code list that the table's regions are of; None for a list the portal does not have."""
    list_id, _, version = str(about.get("region_list") or "").partition("@")
    lists = CodeLists.load(folder)
    return lists.get(list_id).edition(version or None) if list_id in lists else None


def _by_level(rows: Sequence[Mapping[str, Any]], about: Mapping[str, Any], edition: Edition | None) -> dict[str, list[Figure]]:
    """Return the figures below the top region by level, the widest level first, by name."""
    found: dict[str, list[Figure]] = {level: [] for level in about["levels"][1:]}
    for row in rows:
        item = edition.find(row[about["region"]]) if edition else None
        if item is not None and item.level in found:
            found[item.level].append(_figure(item.code, item.name, row))
    return {level: sorted(figures, key=lambda figure: figure.name) for level, figures in found.items() if figures}


def _paths(folder: SchemaFolder, edition: Edition | None, level: str, top: str) -> tuple[dict[str, str], tuple[int, int]] | None:
    """Return the outlines of a level inside the top region and the size of their canvas; None where none are stored."""
    stored = f"{boundaries.FOLDER}/{level}.geojson" in folder.names(boundaries.FOLDER, ".geojson")
    if edition is None or not stored or boundaries.described(folder)["list"] != edition.list_id:
        return None
    whole = boundaries.load(folder, edition, level, page=True)
    inside = {code: shape for code, shape in whole.shapes.items() if code == top or code.startswith(f"{top}.")}
    if not inside:
        return None
    cut = boundaries.Boundaries(whole.list_id, whole.version, inside)
    return cut.as_paths(MAP_WIDTH), (MAP_WIDTH, cut.height(MAP_WIDTH))


def _share(table: _Table, about: Mapping[str, Any], indicator: Indicator, period: str) -> tuple[float | None, float | None]:
    if indicator.numerator is None or indicator.denominator is None:
        return None, None
    rows = table.rows(indicator=[indicator.numerator, indicator.denominator], region=about["top"], period=period)
    found = {row[MEASURE]: None if row[VALUE] is None else float(row[VALUE]) for row in rows}
    return found.get(indicator.numerator), found.get(indicator.denominator)
