"""The search index of the engine PostgreSQL: one row for each document, one for each word in it."""

from __future__ import annotations

import ckan.plugins.toolkit as toolkit
from sqlalchemy import REAL, BigInteger, Column, Identity, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR


class SearchDocument(toolkit.BaseModel):
    """A document: what it is found by (`terms`, `vector`, `numbers`), counted by (`facets`) and answered with (`fields`)."""

    __tablename__ = "ntbsatudata_search_document"

    ordinal = Column(BigInteger, Identity(always=True), primary_key=True)
    index_id = Column(Text, nullable=False, unique=True)
    terms = Column(ARRAY(Text), nullable=False)
    facets = Column(ARRAY(Text), nullable=False)
    vector = Column(TSVECTOR, nullable=False)
    numbers = Column(JSONB, nullable=False)
    fields = Column(JSONB, nullable=False)
    data_dict = Column(Text)
    validated_data_dict = Column(Text)


class SearchPosting(toolkit.BaseModel):
    """A word of a document with its weight there (see `domain.query.weight`)."""

    __tablename__ = "ntbsatudata_search_posting"

    term = Column(Text, primary_key=True)
    document = Column(BigInteger, primary_key=True)
    weight = Column(REAL, nullable=False)


class SearchWord(toolkit.BaseModel):
    """A folded word that occurs in the catalogue; the same word may stand here twice."""

    __tablename__ = "ntbsatudata_search_word"

    id = Column(BigInteger, Identity(always=True), primary_key=True)
    word = Column(Text, nullable=False)
