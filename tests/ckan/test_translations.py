"""The Indonesian catalogue is complete, says the same as the sentences it translates, and is the one that is shipped."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from ckan.lib.i18n import get_ckan_i18n_dir

import ckanext.ntbsatudata

ROOT = Path(ckanext.ntbsatudata.__file__).parent
I18N = ROOT / "i18n"
METHODS = [("**.py", "python"), ("**.html", "ckan")]
PLACES = re.compile(r"%\(\w+\)[sd]|%[sdr]|\{[\w!.\[\]]*\}")


def read(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return pofile.read_po(stream, locale="id", domain="ckanext-ntbsatudata")


@pytest.fixture(scope="module")
def ours() -> Catalog:
    return read(I18N / "id" / "LC_MESSAGES" / "ckanext-ntbsatudata.po")


@pytest.fixture(scope="module")
def of_ckan() -> Catalog:
    return read(Path(get_ckan_i18n_dir()) / "id" / "LC_MESSAGES" / "ckan.po")


@pytest.fixture(scope="module")
def sentences() -> set[str]:
    found = extract_from_dir(ROOT, METHODS)
    return {message[0] if isinstance(message, tuple) else message for _file, _line, message, _comments, _context in found}


def translated(catalogue: Catalog, sentence: str) -> bool:
    message = catalogue.get(sentence)
    words = message.string if message else ""
    return all(words) if isinstance(words, (tuple, list)) else bool(words)


def test_every_sentence_of_ours_is_in_indonesian(ours, of_ckan, sentences):
    missing = [sentence for sentence in sentences if not translated(ours, sentence) and not translated(of_ckan, sentence)]
    assert missing == [], "run `make messages` and translate these"


def test_what_ckan_shows_is_in_indonesian_in_its_catalogue_or_in_ours(ours, of_ckan):
    known = [str(message.id if isinstance(message.id, str) else message.id[0]) for message in ours if message.id]
    assert [sentence for sentence in known if not translated(ours, sentence) and not translated(of_ckan, sentence)] == []


def test_a_translation_has_the_places_of_its_sentence(ours):
    wrong = []
    for message in ours:
        singular = message.id if isinstance(message.id, str) else message.id[0]
        words = [message.string] if isinstance(message.string, str) else message.string
        wrong += [singular for word in words if word and sorted(PLACES.findall(word)) != sorted(PLACES.findall(singular))]
    assert wrong == []


def test_the_shipped_catalogue_is_the_one_that_was_written(ours):
    compiled = io.BytesIO()
    mofile.write_mo(compiled, ours)
    assert (I18N / "id" / "LC_MESSAGES" / "ckanext-ntbsatudata.mo").read_bytes() == compiled.getvalue(), "run `make messages`"


def test_the_template_holds_every_sentence(sentences):
    template = read(I18N / "ckanext-ntbsatudata.pot")
    assert [sentence for sentence in sentences if template.get(sentence) is None] == [], "run `make messages`"
