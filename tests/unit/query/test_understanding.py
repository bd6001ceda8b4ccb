"""A plain query is understood: subject, region, period, and what they may be written as."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pytest

from ckanext.ntbsatudata.domain.query.analysis import stem, stems, words
from ckanext.ntbsatudata.domain.query.coverage import coverage
from ckanext.ntbsatudata.domain.query.excerpt import Piece, excerpt, wanted_stems
from ckanext.ntbsatudata.domain.query.lexicon import Lexicon
from ckanext.ntbsatudata.domain.query.places import PlaceNames
from ckanext.ntbsatudata.domain.query.ranking import Candidate, rerank, weigh
from ckanext.ntbsatudata.domain.query.spelling import Speller
from ckanext.ntbsatudata.domain.query.understanding import CODES, WITHIN, YEARS, Alternative, Clause, Reader, Subject
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder

FOLDER = SchemaFolder()
LEXICON, PLACES = Lexicon.load(FOLDER), PlaceNames.load(FOLDER)


def speller(*known: str) -> Speller:
    by_length: defaultdict[int, list[str]] = defaultdict(list)
    for word in known:
        by_length[len(word)].append(word)

    def in_one_document(some: Sequence[str]) -> dict[str, int]:
        return dict.fromkeys(some, 1)

    return Speller(by_length, frozenset(known), in_one_document)


READER = Reader(LEXICON, PLACES, speller("stunting", "posyandu", "rumah", "sakit", "padi", "kemiskinan"))


def clauses(query: str) -> list[tuple[Subject, str]]:
    return [(clause.subject, clause.written) for clause in READER.read(words(query)).clauses]


def test_words_are_folded_runs_of_letters_or_digits() -> None:
    assert words("RSUD Asy-Syifa' 2024, Café B3") == ["rsud", "asy", "syifa", "2024", "cafe", "b", "3"]


@pytest.mark.parametrize(("word", "expected"), [("kemiskinan", "miskin"), ("kesehatan", "sehat"), ("pertanian", "tani"), ("padi", "padi")])
def test_stems_are_those_of_the_indonesian_snowball_stemmer(word: str, expected: str) -> None:
    """Expected values: PostgreSQL 18, `ts_lexize('indonesian_stem', …)`."""
    assert stem(word) == expected


def test_region_and_period_are_told_from_the_subject() -> None:
    assert clauses("gizi buruk Taliwang 2024") == [
        (Subject.WORD, "gizi buruk"),
        (Subject.PLACE, "taliwang"),
        (Subject.PERIOD, "2024"),
    ]


def test_a_region_is_met_by_its_name_its_code_what_lies_in_it_and_what_it_lies_in() -> None:
    (place,) = READER.read(["taliwang"]).clauses
    ways = {(way.field, way.terms): way.worth for way in place.alternatives}
    assert ways[(CODES, ("52.07.02",))] == 1.0 > ways[(WITHIN, ("52.07.02",))] > ways[(CODES, ("52.07",))] > ways[(CODES, ("52",))]


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("KSB", ("sumbawa", "barat")),
        ("Lotim", ("lombok", "timur")),
        ("dinkes", ("dinas", "sehat")),
        ("APBD", ("anggar", "dapat", "belanja")),
        ("wasting", ("gizi", "buruk")),
        ("poverty", ("miskin",)),
        ("teachers", ("guru",)),
    ],
)
def test_abbreviations_synonyms_and_english_words_lead_on(query: str, terms: tuple[str, ...]) -> None:
    assert terms in {way.terms for way in READER.read(words(query)).clauses[0].alternatives}


def test_what_only_asks_is_left_out_and_what_only_measures_need_not_occur() -> None:
    assert clauses("berapa jumlah posyandu di Lombok Timur?") == [
        (Subject.WEAK, "jumlah"),
        (Subject.WORD, "posyandu"),
        (Subject.PLACE, "lombok timur"),
    ]


def test_a_query_of_weak_words_only_still_asks_for_them() -> None:
    assert clauses("data") == [(Subject.WORD, "data")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stuntig", ("stunting",)),
        ("posaynduu", ("posyandu",)),
        ("rumahsakit", ("rumah", "sakit")),
        ("padi", None),
        ("xyzzy", None),
        ("pdi", None),
    ],
)
def test_a_misspelt_word_is_taken_for_the_nearest_known_one(typed: str, meant: tuple[str, ...] | None) -> None:
    assert speller("stunting", "posyandu", "rumah", "sakit", "padi").correct(typed) == meant


def test_the_corrected_query_is_given_and_both_spellings_are_looked_for() -> None:
    understood = READER.read(words("stuntig KSB"))
    assert (understood.text, understood.is_corrected) == ("stunting ksb", True)
    assert {("stuntig",), ("stunting",)} <= {way.terms for way in understood.clauses[0].alternatives}


def test_a_name_that_is_also_a_word_is_a_region_only_behind_its_kind() -> None:
    assert clauses("batu kapur") == [(Subject.WORD, "batu"), (Subject.WORD, "kapur")]
    assert clauses("kota batu") == [(Subject.PLACE, "kota batu")]


def test_coverage_is_read_from_codes_and_periods_and_else_from_words() -> None:
    stated = coverage(["52.07.02"], ("2021-01", "2023"), ["Judul 2019"], PLACES)
    assert (stated.codes, stated.within, stated.years) == (("52.07.02",), ("52.07.02", "52", "52.07"), (2019, 2021, 2022, 2023))
    told = coverage([], ("", ""), ["Guru di Kabupaten Gunung Mas Tahun 2020-2022"], PLACES)
    assert (told.codes, told.within, told.years) == (("62.10",), ("62.10", "62"), (2020, 2021, 2022))


def test_a_rare_synonym_does_not_outweigh_the_word_itself() -> None:
    clause = Clause(Subject.WORD, "penduduk", (Alternative(("duduk",)), Alternative(("populasi",), 0.75)))
    gains = {way.alternative.terms[0]: way.gain for way in weigh(clause, {"duduk": 500, "populasi": 2}, 1000)}
    assert gains["populasi"] == pytest.approx(0.75 * gains["duduk"])


def test_of_equal_candidates_the_title_that_says_just_this_stands_first() -> None:
    understood = READER.read(words("rumah sakit"))
    titles = ["Sakit Kepala dan Rumah Obat di Kota", "Jumlah Rumah Sakit", "Jumlah Rumah Sakit dan Klinik Swasta"]
    ordered = rerank(understood, [Candidate(at, 1.0, title) for at, title in enumerate(titles)], LEXICON)
    assert [each.ordinal for each in ordered] == [1, 2, 0]


def test_an_excerpt_holds_and_marks_what_was_asked() -> None:
    text = "Pendahuluan yang panjang. " * 12 + "Kasus gizi buruk di puskesmas menurut bulan."
    pieces = excerpt(text, wanted_stems(READER.read(words("gizi buruk"))), length=60)
    assert [piece.text for piece in pieces if piece.is_hit] == ["gizi", "buruk"]
    assert len("".join(piece.text for piece in pieces)) < 90
    assert excerpt("Luas panen", frozenset()) == [Piece("Luas panen", False)]


def test_years_are_met_in_words_and_in_coverage() -> None:
    (year,) = READER.read(["2024"]).clauses
    assert {way.field for way in year.alternatives} == {None, YEARS}
    assert stems("Tahun 2024") == ["tahun", "2024"]


def test_a_small_catalogue_has_no_common_words() -> None:
    clause = Clause(Subject.WORD, "wasting", (Alternative(("wasting",)), Alternative(("gizi", "kurang"), 0.7)))
    assert [way.alternative.terms for way in weigh(clause, {"gizi": 2, "kurang": 1}, 3)] == [("gizi", "kurang")]
    assert [way.alternative.terms for way in weigh(clause, {"gizi": 500, "kurang": 9000}, 30_000)] == [("gizi",)]
