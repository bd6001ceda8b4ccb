"""How a konsep may be named: six rules of BPS, each with its own words and source.

The rules are of Peraturan BPS 4/2020 as INDAH's guidance restates them; their word lists are in `schemas/metadata/standar_data.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

SOURCE = "Peraturan BPS 4/2020, penamaan konsep"
_YEAR = re.compile(r"\b(19|20)\d{2}\b")
_INITIALS = re.compile(r"^[A-Z]{2,}$|^[A-Za-z]\.([A-Za-z]\.?)+$")


@dataclass(frozen=True)
class NamingRule:
    """A rule that explains itself: `code` finds its sentences, `offence` returns the words that break it, or an empty text."""

    code: str
    number: int
    offence: Callable[[str], str]


@dataclass(frozen=True)
class KonsepNames:
    """The naming rules with the word lists of one folder. `regions` are names of regions, when the code list is at hand."""

    rules: tuple[NamingRule, ...]
    small_words: frozenset[str] = frozenset()

    @classmethod
    def load(cls, folder: SchemaFolder, regions: Iterable[str] = ()) -> KonsepNames:
        words = folder.read_yaml("metadata/standar_data.yaml")
        return cls(
            (
                NamingRule("konsep-not-capitalised", 1, lambda name: _small_word(name, words)),
                NamingRule("konsep-has-abbreviation", 3, lambda name: _abbreviation(name, words)),
                NamingRule("konsep-starts-with-ukuran", 4, lambda name: _leading_ukuran(name, words)),
                NamingRule("konsep-has-period", 5, lambda name: _period(name, words)),
                NamingRule("konsep-has-region", 6, lambda name: _region(name, words, frozenset(regions))),
            ),
            frozenset(words["small_words"]),
        )

    def capitalised(self, name: str) -> str:
        """Return the name as rule 1 wants it, to be proposed: each word with a capital, small words apart."""
        words = name.strip().split(" ")
        return " ".join(word if place and word in self.small_words else word[:1].upper() + word[1:] for place, word in enumerate(words))

    def check(self, name: str, field: str = "konsep") -> list[Problem]:
        """Return one problem for each rule the name breaks; `values` hold the words, the rule's number and its source."""
        found = ((rule, rule.offence(name.strip())) for rule in self.rules)
        return [
            Problem(rule.code, field=field, values={"name": name, "words": words, "rule": rule.number, "source": SOURCE})
            for rule, words in found
            if words
        ]


def not_unique(name: str, other: str, field: str = "konsep") -> Problem:
    """Rule 2: the warning that `other` (a dataset's title) gives this konsep another meaning."""
    return Problem(
        "konsep-not-unique", field=field, severity=Severity.WARNING, values={"name": name, "other": other, "rule": 2, "source": SOURCE}
    )


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_][\w./-]*", name)


def _small_word(name: str, lists: dict[str, Any]) -> str:
    small = set(lists["small_words"])
    # The first word is capitalised whatever it is.
    found = [word for place, word in enumerate(_words(name)) if word[0].islower() and (place == 0 or word not in small)]
    return ", ".join(found)


def _abbreviation(name: str, lists: dict[str, Any]) -> str:
    known = {word.casefold() for word in lists["abbreviations"]}
    return ", ".join(word for word in _words(name) if _INITIALS.match(word) or word.rstrip(".").casefold() in known)


def _leading_ukuran(name: str, lists: dict[str, Any]) -> str:
    lowered = name.casefold()
    if any(lowered.startswith(exception.casefold()) for exception in lists["ukuran_exceptions"]):
        return ""
    return next((ukuran for ukuran in lists["ukuran"] if re.match(rf"{re.escape(ukuran.casefold())}\b", lowered)), "")


def _period(name: str, lists: dict[str, Any]) -> str:
    year = _YEAR.search(name)
    found = [year.group()] if year else []
    found += [month for month in lists["months"] if re.search(rf"\b{month}\b", name, re.IGNORECASE)]
    # «Tahun» alone may be part of a concept (Tahun Ajaran); with a number after it, it is a period.
    found += [word for word in lists["period_words"] if re.search(rf"\b{word}\s+(\d|[IVX]+\b)", name, re.IGNORECASE) and not year]
    return ", ".join(found)


def _region(name: str, lists: dict[str, Any], regions: frozenset[str]) -> str:
    announced = re.search(rf"\b({'|'.join(lists['region_words'])})\s+[A-Z]\w+", name)
    if announced:
        return announced.group()
    known = sorted({*regions, *lists["region_abbreviations"]})
    found = (re.search(rf"\b{re.escape(word)}\b", name, re.IGNORECASE) for word in known)
    return ", ".join(match.group() for match in found if match)
