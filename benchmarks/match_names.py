"""5,000 names of regions as people write them, matched to codes: our index beside difflib of the standard library.

Counts what is decided right, decided wrong, and asked. Run: `.venv/bin/python benchmarks/match_names.py`
"""

from __future__ import annotations

import difflib
import random
import time
from collections.abc import Callable, Iterator

from ckanext.ntbsatudata.domain.kode_referensi import CodeLists, Item, NameIndex
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

NAMES = 5000
SEED = 52


def written(item: Item, draw: random.Random) -> str:
    """The name as somebody may write it: in capitals, without its prefix, with one letter lost, doubled or changed."""
    name = item.name
    for change in draw.sample([str.upper, str.lower, lambda text: f" {text} ", _one_letter(draw), _one_letter(draw)], 2):
        name = change(name)
    return name


def _one_letter(draw: random.Random) -> Callable[[str], str]:
    def change(text: str) -> str:
        place = draw.randrange(1, max(2, len(text) - 1))
        return draw.choice(
            [text[:place] + text[place + 1 :], text[:place] + text[place] + text[place:], f"{text[:place]}a{text[place + 1 :]}"]
        )

    return change


def decided(given: list[tuple[str, str, str]], answers: Iterator[str | None]) -> dict[str, int]:
    """Count answers: right, wrong, asked (None)."""
    count = {"right": 0, "wrong": 0, "asked": 0}
    for (_name, code, _within), answer in zip(given, answers, strict=True):
        count["asked" if answer is None else "right" if answer == code else "wrong"] += 1
    return count


def main() -> None:
    code_list = CodeLists.load(SchemaFolder()).get("wilayah")
    draw = random.Random(SEED)
    desa = code_list.edition().of_level("desa_kelurahan")
    given = [(written(item, draw), item.code, item.code[:5]) for item in draw.choices(desa, k=NAMES)]

    start = time.perf_counter()
    index = NameIndex.of(code_list)
    ours = [index.match(name, level="desa_kelurahan", within=within).certain for name, _code, within in given]
    seconds = time.perf_counter() - start
    count = decided(given, iter([found.item.code if found else None for found in ours]))
    print(f"ours      {seconds:6.2f} s  {count}")

    start = time.perf_counter()
    by_place: dict[str, dict[str, str]] = {}
    for item in desa:
        by_place.setdefault(item.code[:5], {})[item.name.casefold()] = item.code
    theirs = []
    for name, _code, within in given:
        near = difflib.get_close_matches(name.strip().casefold(), list(by_place[within]), n=1, cutoff=0.6)
        theirs.append(by_place[within][near[0]] if near else None)
    seconds = time.perf_counter() - start
    print(f"difflib   {seconds:6.2f} s  {decided(given, iter(theirs))}")


if __name__ == "__main__":
    main()
