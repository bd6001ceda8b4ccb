"""Queries read with what this portal knows: the same for both engines, the actions and the pages."""

from __future__ import annotations

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.query.lexicon import Lexicon
from ckanext.ntbsatudata.domain.query.places import PlaceNames
from ckanext.ntbsatudata.domain.query.understanding import Reader
from ckanext.ntbsatudata.search.postgres.vocabulary import Vocabulary

_vocabulary = Vocabulary()


def reader() -> Reader:
    """Return a reader for the schemas in force. Misspelt words are understood where PostgreSQL keeps the portal's vocabulary."""
    return understanding_reader(with_spelling=config.search_engine() is config.SearchEngine.POSTGRES)


def understanding_reader(with_spelling: bool) -> Reader:
    """Return a reader for the schemas in force."""
    folder = config.schema_folder()
    lexicon = Lexicon.load(folder)
    return Reader(lexicon, PlaceNames.load(folder), _vocabulary.speller(lexicon) if with_spelling else None)
