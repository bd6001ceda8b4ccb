"""The newest figures in one paragraph, computed from them: where, when, how much, what changed, where most and least.

A hidden figure is called hidden and is left out of every comparison; a comparison says how many areas it leaves out.
"""

from __future__ import annotations

from collections.abc import Sequence

from ckanext.ntbsatudata.domain.disclosure.protected_table import Status
from ckanext.ntbsatudata.domain.publication.figures import Figure, Indicator
from ckanext.ntbsatudata.domain.publication.svg import WITHOUT_VALUE
from ckanext.ntbsatudata.domain.publication.wording import STATUS_WORDS, Language, number

_MOST_NAMES = 3
_WORDS = {
    Language.ID: {
        "shown": "Pada {period}, {title} di {region} {value}",
        "share": " ({part} dari {whole})",
        "up": ", naik {change} dari {earlier}",
        "down": ", turun {change} dari {earlier}",
        "same": ", sama dengan {earlier}",
        "points": "poin persen",
        "hidden": "Pada {period}, {title} di {region} dirahasiakan agar tidak seorang pun dapat dikenali",
        "incomplete": "Laporan {period} belum lengkap, sehingga {title} di {region} belum dapat disajikan",
        "absent": "Pada {period}, {title} di {region} {status}",
        "last": "; angka lengkap terakhir {value} ({period})",
        "most": " Di antara {count} {level}, {highest} {most} ({high}) dan {lowest} {least} ({low}).",
        "of": "{shown} dari {all}",
        "equal": " Di seluruh {count} {level} angkanya sama, {high}.",
        "one": " Hanya satu dari {all} {level} yang angkanya ditampilkan.",
        "none": " Tidak satu pun dari {all} {level} punya angka yang dapat ditampilkan.",
        "left_out": " Tidak ikut dibandingkan: {reasons}.",
        "highest": ("tertinggi", "terbanyak"),
        "lowest": ("terendah", "paling sedikit"),
        "and_more": "{names} dan {count} lainnya",
        "and": " dan ",
        "provisional": " Angka {period} bersifat sementara.",
        "synthetic": " Data sintetis untuk peragaan, bukan keadaan sebenarnya.",
    },
    Language.EN: {
        "shown": "In {period}, {title} in {region}: {value}",
        "share": " ({part} of {whole})",
        "up": ", up {change} from {earlier}",
        "down": ", down {change} from {earlier}",
        "same": ", the same as in {earlier}",
        "points": "percentage points",
        "hidden": "In {period}, {title} in {region} is withheld so that nobody can be recognised",
        "incomplete": "The reports of {period} are not complete, so that {title} in {region} cannot be shown yet",
        "absent": "In {period}, {title} in {region} is {status}",
        "last": "; the last complete figure is {value} ({period})",
        "most": " Among {count} {level}, {highest} {most} ({high}) and {lowest} {least} ({low}).",
        "of": "{shown} of {all}",
        "equal": " In all {count} {level} the figure is the same, {high}.",
        "one": " Only one of {all} {level} has a figure that is shown.",
        "none": " None of {all} {level} has a figure that can be shown.",
        "left_out": " Left out of the comparison: {reasons}.",
        "highest": ("highest in", "most in"),
        "lowest": ("lowest in", "fewest in"),
        "and_more": "{names} and {count} more",
        "and": " and ",
        "provisional": " The figures of {period} are provisional.",
        "synthetic": " Synthetic data for demonstration, not the real situation.",
    },
}  # fmt: skip


def reading(
    indicator: Indicator,
    region: str,
    series: Sequence[Figure],
    parts: Sequence[Figure],
    level: str,
    language: Language,
    *,
    share: tuple[float | None, float | None] = (None, None),
    synthetic: bool = False,
) -> str:
    """Return the paragraph on the last figure of `series` (one region, oldest first) and on the areas in it at the same time.

    `share`: the numerator and denominator of that last figure, None where they are not shown. `level`: what the areas are called.
    Raises `ValueError` for an empty series.
    """
    if not series:
        raise ValueError("There is nothing to read without a period.")
    words, newest = _WORDS[language], series[-1]
    text = _newest(indicator, region, series, language, share) + "." + _comparison(indicator, parts, level, language)
    if any(figure.status is Status.PROVISIONAL for figure in (newest, *parts)):
        text += str(words["provisional"]).format(period=newest.name)
    return text + (str(words["synthetic"]) if synthetic else "")


def _newest(
    indicator: Indicator, region: str, series: Sequence[Figure], language: Language, share: tuple[float | None, float | None]
) -> str:  # fmt: skip
    words, newest = _WORDS[language], series[-1]
    named = {"period": newest.name, "region": region, "title": _inside(indicator.title[language.value])}
    earlier = [figure for figure in series[:-1] if figure.value is not None]
    if newest.value is None:
        key = {Status.HIDDEN: "hidden", Status.INCOMPLETE: "incomplete"}.get(newest.status, "absent")
        text = str(words[key]).format(**named, status=STATUS_WORDS[language][newest.status])
        if earlier and newest.status is not Status.HIDDEN:
            text += str(words["last"]).format(value=indicator.written(earlier[-1].value or 0.0, language), period=earlier[-1].name)
        return text
    text = str(words["shown"]).format(**named, value=indicator.written(newest.value, language))
    if share[0] is not None and share[1] is not None:
        text += str(words["share"]).format(part=number(share[0], 0, language), whole=number(share[1], 0, language))
    # Only with the period right before: over a gap «naik» would say more than is known.
    before = series[-2] if len(series) > 1 else None
    return text + (_change(indicator, newest.value, before, language) if before is not None and before.value is not None else "")


def _change(indicator: Indicator, value: float, before: Figure, language: Language) -> str:
    words = _WORDS[language]
    change = round(value - (before.value or 0.0), indicator.decimals)
    if change == 0:
        return str(words["same"]).format(earlier=before.name)
    unit = str(words["points"]) if indicator.unit == "%" else indicator.unit
    text = number(abs(change), indicator.decimals, language) + (f" {unit}" if unit else "")
    return str(words["up" if change > 0 else "down"]).format(change=text, earlier=before.name)


def _comparison(indicator: Indicator, parts: Sequence[Figure], level: str, language: Language) -> str:
    if len(parts) < 2:
        return ""
    words = _WORDS[language]
    shown = [figure for figure in parts if figure.value is not None]
    if len(shown) < 2:
        text = str(words["one" if shown else "none"]).format(all=len(parts), level=level)
    else:
        high, low = max(figure.value or 0.0 for figure in shown), min(figure.value or 0.0 for figure in shown)
        every = len(shown) == len(parts)
        count = str(len(parts)) if every else str(words["of"]).format(shown=len(shown), all=len(parts))
        named = {"count": count, "level": level, "high": indicator.written(high, language), "low": indicator.written(low, language)}
        if high == low:
            text = str(words["equal"]).format(**named)
        else:
            of_kind = 0 if indicator.is_rate else 1
            text = str(words["most"]).format(
                **named,
                highest=words["highest"][of_kind],
                lowest=words["lowest"][of_kind],
                most=_names([figure for figure in shown if figure.value == high], language),
                least=_names([figure for figure in shown if figure.value == low], language),
            )
    gaps = {status: sum(figure.status is status for figure in parts) for status in WITHOUT_VALUE}
    reasons = ", ".join(f"{count} {STATUS_WORDS[language][status]}" for status, count in gaps.items() if count)
    return text + (str(words["left_out"]).format(reasons=reasons) if reasons and shown else "")


def _names(figures: Sequence[Figure], language: Language) -> str:
    words = _WORDS[language]
    names = [figure.name for figure in figures]
    if len(names) > _MOST_NAMES:
        return str(words["and_more"]).format(names=", ".join(names[:_MOST_NAMES]), count=len(names) - _MOST_NAMES)
    return str(words["and"]).join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _inside(title: str) -> str:
    """A title as it stands inside a sentence: `Prevalensi stunting` small, `D/S` and `ASI eksklusif` as they are."""
    return title[0].lower() + title[1:] if title[1:2].islower() else title
