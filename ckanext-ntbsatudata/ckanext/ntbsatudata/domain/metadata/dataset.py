"""What holds inside one dataset whatever its purpose: its number of the national standard, its period, its access level.

Each function takes values of a dataset dict and returns the problems; what is missing for a purpose is `completeness`' subject.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ckanext.ntbsatudata.domain.metadata.moments import period_bounds
from ckanext.ntbsatudata.domain.problems import Problem

NO_STANDARD = "belum ada"
OPEN = "terbuka"
STANDAR_DATA = ("konsep", "definisi", "klasifikasi", "ukuran", "satuan")  # the five parts, Perpres 39/2019 Pasal 4(2)
_ID_SDS = re.compile(r"[A-Z]{2}\d{5}\.\d{2}\.\d{2}")  # every number of the national list of 2023 has this form


def id_sds_problems(value: str) -> list[Problem]:
    """The number of a national standard, or the explicit «belum ada» (Perpres 39/2019 Pasal 6(1))."""
    if value == NO_STANDARD or _ID_SDS.fullmatch(value):
        return []
    return [Problem("id-sds-malformed", field="id_sds", values={"value": value})]


def dataset_rules(dataset: Mapping[str, Any]) -> list[Problem]:
    """Rules over several fields: the period runs forward; a restriction has its ground and its date (UU 14/2008 Pasal 17)."""
    problems = []
    start, end = (period_bounds(str(dataset.get(name) or "")) for name in ("temporal_start", "temporal_end"))
    if start and end and start[0] > end[1]:
        values = {"start": dataset["temporal_start"], "end": dataset["temporal_end"]}
        problems.append(Problem("period-reversed", field="temporal_end", values=values))
    level = dataset.get("access_rights") or OPEN
    harvested = dataset.get("harvest_source_id")  # its ground is named by its source
    if level != OPEN and not harvested and not (dataset.get("access_ground") and dataset.get("access_decided")):
        problems.append(
            Problem("access-without-ground", field="access_ground", values={"level": level, "source": "UU 14/2008 Pasal 17; Perki 1/2021"})
        )
    return problems
