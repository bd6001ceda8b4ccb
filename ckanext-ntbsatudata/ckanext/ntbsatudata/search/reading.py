"""Queries read with what this portal knows: the same for both engines, the actions and the pages."""

from __future__ import annotations

from ckanext.ntbsatudata import config
from ckanext.ntbsatudata.domain.query.lexicon import Lexicon
from ckanext.ntbsatudata.domain.query.places import PlaceNames
from ckanext.ntbsatudata.domain.query.understanding import Reader
from ckanext.ntbsatudata.search.vocabulary import Vocabulary

_vocabulary = Vocabulary()


def reader() -> Reader:
    """Return a reader for the schemas in force and the vocabulary as it is now."""
    folder = config.schema_folder()
    lexicon = Lexicon.load(folder)
    return Reader(lexicon, PlaceNames.load(folder), _vocabulary.speller(lexicon))
