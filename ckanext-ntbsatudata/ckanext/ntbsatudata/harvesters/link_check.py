"""The links of a dataset, asked one after another: dead, a page in place of a file, or an address nobody outside can open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.ntbsatudata.domain.feeds.addresses import is_internal
from ckanext.ntbsatudata.harvesters.fetching import Answer, FetchError, Limits, SafeFetcher

LIMITS = Limits(seconds=20.0)
_PAGES = ("HTML", "HTM", "")


def check(dataset: Mapping[str, Any], fetcher: SafeFetcher | None = None) -> dict[str, str | None]:
    """Return for each link of a dataset None when it answers, else the code of what is wrong."""
    asked = fetcher or SafeFetcher(LIMITS)
    links = [one for one in dataset.get("resources") or () if one.get("url") and one.get("url_type") != "upload"]
    return {one["url"]: _verdict(asked, one, open_networks=bool(asked.allowed)) for one in links}


def _verdict(fetcher: SafeFetcher, resource: Mapping[str, Any], open_networks: bool) -> str | None:
    url = str(resource["url"])
    if is_internal(url) and not open_networks:
        return "link-internal"
    try:
        answer = fetcher.probe(url)
    except FetchError as error:
        return "link-internal" if error.problem.code == "fetch-internal-address" else "link-dead"
    return _of_answer(answer, str(resource.get("format") or "").upper())


def _of_answer(answer: Answer, form: str) -> str | None:
    if answer.status in (401, 403):
        return "link-private"
    if answer.status >= 400:
        return "link-dead"
    if form not in _PAGES and answer.media_type.startswith("text/html"):
        return "link-page-not-file"
    return None
