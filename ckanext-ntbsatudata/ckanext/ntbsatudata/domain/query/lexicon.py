"""What words mean to each other: stop words, synonyms, abbreviations and English words, as staff keep them in `schemas/search/`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ckanext.ntbsatudata.domain.errors import SchemaFolderError
from ckanext.ntbsatudata.domain.query.analysis import stem, words
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

Phrase = tuple[str, ...]

ABBREVIATION_WORTH = 0.95
ENGLISH_WORTH = 0.9
SYNONYM_WORTH = 0.75
LONGER_WORTH = 0.85  # each further word of a synonym makes it likelier that its words stand apart


@dataclass(frozen=True)
class Lexicon:
    """`related` leads from a phrase of folded words (and of their stems) to phrases of stems and what finding those is worth."""

    silent: frozenset[str]
    weak: frozenset[str]
    related: Mapping[Phrase, Mapping[Phrase, float]]
    vocabulary: frozenset[str]
    longest: int

    @classmethod
    def load(cls, folder: SchemaFolder) -> Lexicon:
        """Read the files once per folder. Raises `SchemaFolderError` when one is not sound."""
        return _load(folder)

    def others(self, phrase: Phrase) -> Mapping[Phrase, float]:
        """Return what else to look for, as stems, with its worth; empty where nothing is known of the phrase."""
        found = self.related.get(phrase)
        return found if found is not None else self.related.get(tuple(stem(word) for word in phrase), {})


@lru_cache(maxsize=8)
def _load(folder: SchemaFolder) -> Lexicon:
    related: defaultdict[Phrase, dict[Phrase, float]] = defaultdict(dict)
    known: set[str] = set()

    stop = folder.read_yaml("search/stop_words.yaml")
    silent, weak = frozenset(words(stop["silent"])), frozenset(words(stop["weak"]))

    def relate(source: str, target: str, worth: float) -> None:
        written, meant = tuple(words(source)), [word for word in words(target) if word not in silent]
        stems = tuple(stem(word) for word in [word for word in meant if word not in weak] or meant)
        known.update(written)
        if not written or not stems or stems == tuple(stem(word) for word in written):
            return
        worth *= LONGER_WORTH ** (len(stems) - 1)
        for key in {written, tuple(stem(word) for word in written)}:
            related[key][stems] = max(worth, related[key].get(stems, 0.0))

    for short, full in _mapping(folder, "abbreviations"):
        for text in _texts(full, "abbreviations", short):
            relate(short, text, ABBREVIATION_WORTH)
            relate(text, short, ABBREVIATION_WORTH)
    for english, indonesian in _mapping(folder, "english"):
        for text in _texts(indonesian, "english", english):
            for form in _english_forms(english):
                relate(form, text, ENGLISH_WORTH)
    for line in str(folder.read_yaml("search/synonyms.yaml")["equal"]).splitlines():
        members = [member.strip() for member in line.split("|") if member.strip()]
        for member in members:
            for other in members:
                relate(member, other, SYNONYM_WORTH)
    return Lexicon(silent, weak - silent, dict(related), frozenset(known) | silent | weak, max(map(len, related), default=1))


def _english_forms(word: str) -> list[str]:
    """Return the word and its regular plural."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return [word, word[:-1] + "ies"]
    return [word, word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")]


def _mapping(folder: SchemaFolder, name: str) -> Iterator[tuple[str, Any]]:
    content = folder.read_yaml(f"search/{name}.yaml")
    if not isinstance(content, dict):
        raise SchemaFolderError(f"search/{name}.yaml harus berisi pasangan kata: arti.")
    for key, value in content.items():
        yield str(key), value


def _texts(value: Any, name: str, key: str) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise SchemaFolderError(f"search/{name}.yaml: arti dari {key} harus teks.")
    return [str(text) for text in texts]
