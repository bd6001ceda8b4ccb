"""A chart over time as SVG: drawn by the server, printable, read without colour.

The axis starts at zero, so that a small change never looks large. A period without a value breaks the line and is hatched, with
the reason in words; a provisional one is a hollow point at the end of a dashed line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.publication.figures import Figure, Indicator
from ckanext.ntbsatudata.domain.publication.scale import ticks
from ckanext.ntbsatudata.domain.publication.svg import GRID, INK, SOFT, WITHOUT_VALUE, drawing, element, hatched, hatchings, words
from ckanext.ntbsatudata.domain.publication.wording import STATUS_WORDS, Language, number, period_name

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 34, 62
LINE = "#0b4f5f"
MOST_LABELS = 8


def line_chart(name: str, indicator: Indicator, series: Sequence[Figure], region: str, language: Language) -> str:
    """Return the drawing of one indicator in one region: a point for each period of `series`, oldest first.

    Raises `ValueError` for an empty series.
    """
    if not series:
        raise ValueError("A chart needs at least one period.")
    values = [figure.value for figure in series if figure.value is not None]
    marks = ticks(max(values, default=1.0) or 1.0, whole=indicator.decimals == 0)
    across = (WIDTH - LEFT - RIGHT) / len(series)
    xs = [LEFT + across * (position + 0.5) for position in range(len(series))]

    def height_of(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / marks[-1]

    parts = [hatchings(name), *_axis(indicator, marks, height_of, language), *_labels(series, xs, language)]
    for figure, x in zip(series, xs, strict=True):
        if figure.value is None:
            parts.append(
                element(
                    "rect",
                    _tooltip(figure, indicator, language),
                    x=x - across / 2,
                    y=TOP,
                    width=across,
                    height=HEIGHT - TOP - BOTTOM,
                    fill=hatched(name, figure.status),
                    stroke=GRID,
                )  # fmt: skip
            )
    points = [(figure, x, None if figure.value is None else height_of(figure.value)) for figure, x in zip(series, xs, strict=True)]
    for (_, x1, y1), (later, x2, y2) in zip(points, points[1:], strict=False):
        if y1 is not None and y2 is not None:
            dashed = {"stroke_dasharray": "5 4"} if later.status is Status.PROVISIONAL else {}
            parts.append(element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=LINE, stroke_width=2.5, **dashed))
    for figure, x, y in points:
        if y is not None:
            fill = "#ffffff" if figure.status is Status.PROVISIONAL else LINE
            parts.append(
                element("circle", _tooltip(figure, indicator, language), cx=x, cy=y, r=4.5, fill=fill, stroke=LINE, stroke_width=2)
            )
    parts += _newest(points, indicator, language)
    parts += _key(name, series, language)
    title = f"{indicator.title[language.value]}, {region}"
    return drawing(name, WIDTH, HEIGHT, title, description(indicator, series, region, language), "".join(parts))


def description(indicator: Indicator, series: Sequence[Figure], region: str, language: Language) -> str:
    """Return the chart in words: from when to when, first, last, highest and lowest value, and how many periods have none."""
    shown = [figure for figure in series if figure.value is not None]
    first, last = series[0].name, series[-1].name
    gaps = {status: sum(figure.status is status for figure in series) for status in WITHOUT_VALUE}
    without = ", ".join(f"{count} {STATUS_WORDS[language][status]}" for status, count in gaps.items() if count)
    title = indicator.title[language.value]
    if language is Language.ID:
        told = f"Grafik garis {title}, {region}, {first} sampai {last}."
        if shown:
            low, high = min(shown, key=_value), max(shown, key=_value)
            told += f" Terendah {_at(low, indicator, language)}; tertinggi {_at(high, indicator, language)}; terakhir {_at(shown[-1], indicator, language)}."
        return told + (f" Periode tanpa nilai: {without}." if without else "")
    told = f"Line chart of {title}, {region}, {first} to {last}."
    if shown:
        low, high = min(shown, key=_value), max(shown, key=_value)
        told += f" Lowest {_at(low, indicator, language)}; highest {_at(high, indicator, language)}; last {_at(shown[-1], indicator, language)}."
    return told + (f" Periods without a value: {without}." if without else "")


def _value(figure: Figure) -> float:
    return figure.value or 0.0


def _at(figure: Figure, indicator: Indicator, language: Language) -> str:
    return f"{figure.written(indicator, language)} ({figure.name})"


def _tooltip(figure: Figure, indicator: Indicator, language: Language) -> str:
    return element("title", escape(f"{figure.name}: {figure.written(indicator, language)}"))


def _axis(indicator: Indicator, marks: Sequence[float], height_of: Callable[[float], float], language: Language) -> list[str]:
    decimals = 0 if all(float(mark).is_integer() for mark in marks) else max(1, indicator.decimals)
    parts = [words(f"{indicator.title[language.value]}{f' ({indicator.unit})' if indicator.unit else ''}", 8, 18, font_weight=600)]
    for mark in marks:
        y = height_of(mark)
        parts.append(element("line", x1=LEFT, y1=y, x2=WIDTH - RIGHT, y2=y, stroke=INK if mark == 0 else GRID))
        parts.append(words(number(mark, decimals, language), LEFT - 8, y + 4, text_anchor="end", fill=SOFT))
    return parts


def _labels(series: Sequence[Figure], xs: Sequence[float], language: Language) -> list[str]:
    every = -(-len(series) // MOST_LABELS)
    last = len(series) - 1
    return [
        words(period_name(figure.code, language, short=True), x, HEIGHT - BOTTOM + 18, text_anchor="middle", fill=SOFT)
        for position, (figure, x) in enumerate(zip(series, xs, strict=True))
        if (last - position) % every == 0
    ]


def _newest(points: Sequence[tuple[Figure, float, float | None]], indicator: Indicator, language: Language) -> list[str]:
    shown = [(figure, x, y) for figure, x, y in points if y is not None]
    if not shown:
        return []
    figure, x, y = shown[-1]
    anchor = "end" if x > WIDTH - RIGHT - 60 else "middle"
    above = y - 12 if y > TOP + 20 else y + 20
    text = indicator.written(_value(figure), language)
    return [words(text, min(x, WIDTH - RIGHT), above, text_anchor=anchor, font_weight=600)]


def _key(name: str, series: Sequence[Figure], language: Language) -> list[str]:
    """What hollow points and hatchings mean, for those that are there."""
    parts: list[str] = []
    x, y = float(LEFT), HEIGHT - 16
    for status in (Status.PROVISIONAL, *WITHOUT_VALUE):
        if not any(figure.status is status for figure in series):
            continue
        if status is Status.PROVISIONAL:
            parts.append(element("circle", cx=x + 7, cy=y - 4, r=4.5, fill="#ffffff", stroke=LINE, stroke_width=2))
        else:
            parts.append(element("rect", x=x, y=y - 11, width=14, height=14, fill=hatched(name, status), stroke=SOFT))
        label = STATUS_WORDS[language][status]
        parts.append(words(label, x + 20, y))
        x += 36 + 7 * len(label)
    return parts
