"""A map of one indicator by region as SVG.

Light to dark in one direction, so that it is read without seeing colours and after a black-and-white copy; regions without a
value are hatched by the reason and never share the colour of a low value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.publication.figures import Figure, Indicator
from ckanext.ntbsatudata.domain.publication.scale import classes
from ckanext.ntbsatudata.domain.publication.svg import SOFT, WITHOUT_VALUE, drawing, element, hatched, hatchings, words
from ckanext.ntbsatudata.domain.publication.wording import STATUS_WORDS, Language, number

# ColorBrewer YlGnBu, six classes (Brewer and Harrower, colorbrewer2.org): safe for colour-blind readers, lightness falls steadily.
COLOURS = ("#ffffcc", "#c7e9b4", "#7fcdbb", "#41b6c4", "#2c7fb8", "#253494")
LINE = "#3f4e57"
ROW, SQUARE = 22, 16


def region_map(
    name: str, indicator: Indicator, regions: Sequence[Figure], paths: Mapping[str, str], size: tuple[int, int], period: str, language: Language
) -> str:  # fmt: skip
    """Return the map of the regions that have a path on a canvas of `size`; a region with a path and no figure is not available.

    Raises `ValueError` without any path.
    """
    if not paths:
        raise ValueError("A map needs at least one region.")
    width, height = size
    by_code = {figure.code: figure for figure in regions}
    values = [figure.value for code in paths if (figure := by_code.get(code)) and figure.value is not None]
    bounds = classes(values, len(COLOURS), whole=indicator.decimals == 0) if values else []
    colours = _colours(len(bounds) - 1)
    parts = [hatchings(name)]
    found: set[Status] = set()
    for code, path in paths.items():
        figure = by_code.get(code)
        status = figure.status if figure else Status.NOT_AVAILABLE
        has_value = figure is not None and figure.value is not None
        fill = colours[_class_of(figure.value or 0.0, bounds)] if figure and has_value else hatched(name, status)
        found.add(status)
        label = f"{figure.name}: {figure.written(indicator, language)}" if figure else f"{code}: {STATUS_WORDS[language][status]}"
        parts.append(element("path", element("title", escape(label)), d=path, fill=fill, stroke=LINE, stroke_width=0.6))
    key, bottom = _key(name, indicator, bounds, colours, found, width, height, language)
    title = f"{indicator.title[language.value]}, {period}"
    return drawing(
        name,
        width,
        bottom,
        title,
        description(indicator, [by_code[c] for c in paths if c in by_code], period, language),
        "".join(parts) + key,
    )


def description(indicator: Indicator, regions: Sequence[Figure], period: str, language: Language) -> str:
    """Return the map in words: how many regions, the range of their values, how many have none and why."""
    shown = sorted((figure for figure in regions if figure.value is not None), key=lambda figure: figure.value or 0.0)
    gaps = {status: sum(figure.status is status for figure in regions) for status in WITHOUT_VALUE}
    without = ", ".join(f"{count} {STATUS_WORDS[language][status]}" for status, count in gaps.items() if count)
    title = indicator.title[language.value]
    if language is Language.ID:
        told = f"Peta {title}, {period}: {len(regions)} wilayah."
        if shown:
            told += f" Terendah {shown[0].name} ({indicator.written(shown[0].value or 0.0, language)}), tertinggi {shown[-1].name} ({indicator.written(shown[-1].value or 0.0, language)})."
        return told + (f" Wilayah tanpa nilai, digambar berarsir: {without}." if without else "")
    told = f"Map of {title}, {period}: {len(regions)} areas."
    if shown:
        told += f" Lowest {shown[0].name} ({indicator.written(shown[0].value or 0.0, language)}), highest {shown[-1].name} ({indicator.written(shown[-1].value or 0.0, language)})."
    return told + (f" Areas without a value, drawn hatched: {without}." if without else "")


def _colours(count: int) -> Sequence[str]:
    """Return colours for so many classes, spread over the whole range."""
    if count <= 1:
        return (COLOURS[2],)
    return [COLOURS[round(number * (len(COLOURS) - 1) / (count - 1))] for number in range(count)]


def _class_of(value: float, bounds: Sequence[float]) -> int:
    return max(place for place in range(len(bounds) - 1) if value >= bounds[place] - 1e-9)


def _key(
    name: str, indicator: Indicator, bounds: Sequence[float], colours: Sequence[str], found: set[Status], width: int, height: int, language: Language
) -> tuple[str, int]:  # fmt: skip
    """Return the legend below the map, in columns that fit, and the height of the whole drawing."""
    decimals = 0 if all(float(bound).is_integer() for bound in bounds) else max(1, indicator.decimals)
    unit = f" {indicator.unit}" if indicator.unit else ""
    rows = [
        (colours[place], f"{number(bounds[place], decimals, language)}–{number(bounds[place + 1], decimals, language)}{unit}")
        for place in range(len(bounds) - 1)
    ]
    rows += [(hatched(name, status), STATUS_WORDS[language][status]) for status in WITHOUT_VALUE if status in found]
    columns = max(1, width // 170)
    parts = []
    for place, (fill, text) in enumerate(rows):
        x, y = 8 + 170 * (place % columns), height + 14 + ROW * (place // columns)
        parts.append(element("rect", x=x, y=y, width=SQUARE, height=SQUARE, fill=fill, stroke=SOFT))
        parts.append(words(text, x + SQUARE + 8, y + 13, font_size=13))
    return "".join(parts), height + 20 + ROW * -(-len(rows) // columns)
