"""Data induk: master records of wilayah, OPD, fasyankes, posyandu, sekolah; who keeps them; duplicates merged with a trail."""

from ckanext.ntbsatudata.domain.data_induk.likeness import Likeness, duplicates, match
from ckanext.ntbsatudata.domain.data_induk.loading import DataInduk, UnknownRecordSetError, read_records
from ckanext.ntbsatudata.domain.data_induk.record_set import InvalidMergeError, Merge, Record, RecordSet, UnknownRecordError

__all__ = [
    "DataInduk", "InvalidMergeError", "Likeness", "Merge", "Record", "RecordSet", "UnknownRecordError", "UnknownRecordSetError",
    "duplicates", "match", "read_records",
]  # fmt: skip
