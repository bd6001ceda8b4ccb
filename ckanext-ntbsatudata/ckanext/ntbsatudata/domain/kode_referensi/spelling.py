"""When two spellings are one name."""

from __future__ import annotations

import re
import unicodedata


def spaced(name: str) -> str:
    """Return the name in small letters without accents, apostrophes and punctuation: `KAB. DORO O'O` is `kab doro oo`."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter) and letter not in "'’‘`´ʼ\"")
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def same_name(one: str, other: str) -> bool:
    """Return whether two names have the same letters and differ in case, blanks and punctuation only."""
    return letters_of(spaced(one)) == letters_of(spaced(other))


def letters_of(spaced_name: str) -> str:
    return spaced_name.replace(" ", "")
