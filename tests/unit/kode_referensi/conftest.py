from __future__ import annotations

import pytest

from ckanext.ntbsatudata.domain.kode_referensi import CodeList, CodeLists, Crosswalk
from ckanext.ntbsatudata.domain.schema_folder import SchemaFolder


@pytest.fixture(scope="session")
def lists() -> CodeLists:
    return CodeLists.load(SchemaFolder())


@pytest.fixture(scope="session")
def kemendagri(lists: CodeLists) -> CodeList:
    return lists.get("wilayah-kemendagri")


@pytest.fixture(scope="session")
def bps_to_kemendagri(lists: CodeLists) -> Crosswalk:
    return lists.crosswalk("wilayah-bps", "wilayah-kemendagri")
