"""The automatic checks of a dataset, one result each: what comes before people look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit

from ckanext.ntbsatudata.domain.curation.checks import AutomaticCheck, CheckResult, check_of_file
from ckanext.ntbsatudata.domain.metadata.completeness import Purpose, completeness
from ckanext.ntbsatudata.domain.metadata.form import Kind
from ckanext.ntbsatudata.domain.problems import Problem, Severity
from ckanext.ntbsatudata.harvesters import link_check
from ckanext.ntbsatudata.jobs import file_check
from ckanext.ntbsatudata.logic import metadata_records as records
from ckanext.ntbsatudata.logic.dataset_quality import activity_problems

_ONLY_WARNS = {"link-private", "link-page-not-file"}
_SECONDS_A_LINK_COUNTS = 3600


def checks_of(dataset: Mapping[str, Any]) -> list[CheckResult]:
    """Return the result of every check, in the order of the page. The place of a problem names the file it is in."""
    in_files: dict[AutomaticCheck, list[Problem]] = {check: [] for check in AutomaticCheck}
    pending = False
    for number, resource in enumerate(dataset.get("resources") or (), start=1):
        if not file_check.is_file(resource):
            continue
        found = file_check.found_or_asked(resource)
        pending = pending or found is None
        for problem in found or ():
            in_files[check_of_file(problem)].append(_placed(problem, number, resource))
    of_files = (AutomaticCheck.TABLE_AND_CODES, AutomaticCheck.PERSONAL_DATA, AutomaticCheck.FORMAT)
    return [
        CheckResult(AutomaticCheck.METADATA, tuple(metadata_problems(dataset))),
        *(CheckResult(check, tuple(in_files[check]), pending) for check in of_files),
        CheckResult(AutomaticCheck.LINKS, tuple(_links(dataset))),
    ]


def metadata_problems(dataset: Mapping[str, Any]) -> list[Problem]:
    """Return what the metadata lack for a submission, what breaks the standard, and an activity that is not finished."""
    forms = records.standard().forms
    found = completeness(Purpose.SUBMIT, dataset, forms[Kind.DATASET], forms[Kind.RESOURCE], activity_problems(dataset))
    return [*found.missing, *records.other_definitions(dataset)]


def _placed(problem: Problem, number: int, resource: Mapping[str, Any]) -> Problem:
    """With several files a column's name alone would not say where to look; the row stays a row of that file."""
    field = problem.field or ""
    values = {**problem.values, "file": resource.get("name") or str(number), "resource_id": resource["id"]}
    return replace(problem, field=field or None, values=values)


def _links(dataset: Mapping[str, Any]) -> list[Problem]:
    """Return the links that readers could not open. An answer counts for an hour, so that a page does not ask again and again."""
    links = [one for one in dataset.get("resources") or () if one.get("url") and not file_check.is_file(one)]
    if not links:
        return []
    redis, problems = connect_to_redis(), []
    for resource in links:
        key = f"{toolkit.config['ckan.site_id']}:ntbsatudata:link:{date.today()}:{resource.get('format')}:{resource['url']}"
        known = redis.get(key)
        if known is None:
            known = (link_check.check({"resources": [resource]})[resource["url"]] or "").encode()
            redis.set(key, known, ex=_SECONDS_A_LINK_COUNTS)
        if known:
            code = known.decode()
            severity = Severity.WARNING if code in _ONLY_WARNS else Severity.ERROR
            problems.append(
                Problem(code, field="url", severity=severity, values={"url": str(resource["url"])[:200], "resource_id": resource["id"]})
            )
    return problems
