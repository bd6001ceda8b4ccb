"""From text to the tokens both search engines index: folded, split into runs of letters or digits, stemmed.

The Solr config set (`docker/solr/`) holds the same analysis as filters; the contract suite keeps the two equal.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

LONGEST_TOKEN = 100
_RUN = re.compile(r"[^\W\d_]+|\d+")
_STEMMER = snowballstemmer.stemmer("indonesian")


def fold(text: str) -> str:
    """Return the text in lower case without accents, for example `Pólder` as `polder`."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """Return the folded words of a text in order: `RSUD Asy-Syifa' 2024` gives rsud, asy, syifa, 2024."""
    return [run[:LONGEST_TOKEN] for run in _RUN.findall(fold(text))]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the stem of a folded word: `kemiskinan` gives `miskin`.

    The algorithm is Snowball's Indonesian stemmer (Tala 2003, "A Study of Stemming Effects on Information Retrieval in
    Bahasa Indonesia"); PostgreSQL's `indonesian` configuration and Lucene ship the same one.
    """
    stemmed: str = _STEMMER.stemWord(word)
    return stemmed


def stems(text: str) -> list[str]:
    """Return the stems of the words of a text in order."""
    return [stem(word) for word in words(text)]
