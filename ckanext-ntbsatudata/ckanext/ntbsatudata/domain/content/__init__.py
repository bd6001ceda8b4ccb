"""The content a portal starts with: agencies, topics and reference datasets, described in `schemas/content/`."""

from ckanext.ntbsatudata.domain.content.description import Column, ColumnType, Content, Dataset, Organization, Table, Topic
from ckanext.ntbsatudata.domain.content.region import Region
from ckanext.ntbsatudata.domain.content.rows import Rows, rows_of

__all__ = ["Column", "ColumnType", "Content", "Dataset", "Organization", "Region", "Rows", "Table", "Topic", "rows_of"]
