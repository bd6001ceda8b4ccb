"""Kode referensi: code lists with versions, what became of each code, bridges between systems, names to codes."""

from ckanext.ntbsatudata.domain.kode_referensi.binding import CodeBinding, CodeCheck
from ckanext.ntbsatudata.domain.kode_referensi.code_list import (
    Code,
    CodeList,
    Edition,
    Item,
    UnknownCodeError,
    UnknownVersionError,
    Version,
)
from ckanext.ntbsatudata.domain.kode_referensi.crosswalk import Crosswalk
from ckanext.ntbsatudata.domain.kode_referensi.history import Fate, differences, rebase, resolve
from ckanext.ntbsatudata.domain.kode_referensi.loading import CodeLists, UnknownCodeListError
from ckanext.ntbsatudata.domain.kode_referensi.names import Candidate, Match, NameIndex

__all__ = [
    "Candidate", "Code", "CodeBinding", "CodeCheck", "CodeList", "CodeLists", "Crosswalk", "Edition", "Fate", "Item", "Match", "NameIndex",
    "UnknownCodeError", "UnknownCodeListError", "UnknownVersionError", "Version", "differences", "rebase", "resolve",
]  # fmt: skip
