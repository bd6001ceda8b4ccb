"""Links: dead, private, inside, or a page in place of a file."""

from __future__ import annotations

import ipaddress

import pytest

from ckanext.ntbsatudata.harvesters.fetching import SafeFetcher
from ckanext.ntbsatudata.harvesters.link_check import check
from tests.unit.harvest.test_fetching import FAST, reply, server


@pytest.mark.parametrize(
    ("status", "media_type", "form", "code"),
    [("200 OK", "text/csv", "CSV", None), ("404 Not Found", "text/html", "CSV", "link-dead"), ("403 Forbidden", "text/html", "CSV", "link-private"),
     ("200 OK", "text/html", "CSV", "link-page-not-file"), ("200 OK", "text/html", "HTML", None)],
)  # fmt: skip
def test_an_answer_is_judged_by_status_and_type(status, media_type, form, code):
    fetcher = SafeFetcher(FAST, (ipaddress.ip_network("127.0.0.1/32"),))
    with server(lambda connection, _request: connection.sendall(reply(b"x", status, Content_Type=media_type))) as (url, _seen):
        assert check({"resources": [{"url": url, "format": form}]}, fetcher) == {url: code}


def test_links_inside_are_flagged_without_being_asked_and_uploads_are_left_out():
    found = check(
        {"resources": [{"url": "http://portal.test/a.csv"}, {"url": "http://10.0.0.1/a.csv"}, {"url": "x", "url_type": "upload"}]}
    )
    assert found == {"http://portal.test/a.csv": "link-internal", "http://10.0.0.1/a.csv": "link-internal"}
