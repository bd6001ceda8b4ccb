"""The layer around the portal, tried on a small one."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import Client
from werkzeug.wrappers import Response

from ckanext.ntbsatudata.middleware.headers import Audience, attach, secure
from ckanext.ntbsatudata.middleware.page_cache import Page, PageCache
from ckanext.ntbsatudata.middleware.reading import AUDIENCE, ReadingMiddleware


def first_words(response) -> str:
    return " ".join(response.text.split()[:2])


class TestKeptPages:
    def test_a_second_reader_gets_the_page_written_for_the_first(self, portal, reader):
        assert first_words(reader.get("/dataset/penduduk")) == "page 1"
        assert first_words(reader.get("/dataset/penduduk")) == "page 1"
        assert portal.written == 1

    def test_a_new_state_of_the_catalogue_is_seen_by_the_very_next_reader(self, portal, reader):
        reader.get("/dataset/penduduk")
        portal.stamp = "state 2"
        assert first_words(reader.get("/dataset/penduduk")) == "page 2"

    def test_a_page_written_while_the_catalogue_changed_is_not_given_to_a_later_reader(self, portal, reader):
        def change_meanwhile(_request):
            portal.stamp = "state 2"
            return Response("written before the change", mimetype="text/html")

        portal.answer = change_meanwhile
        reader.get("/dataset/penduduk")
        portal.answer = None
        assert first_words(reader.get("/dataset/penduduk")) == "page 2"

    def test_a_slow_page_of_an_old_state_does_not_drive_out_the_pages_of_the_new_one(self, pages):
        old, new = (Page((), body, gzipped=False, etag="") for body in (b"old", b"new"))
        pages.find("state 1", ("a",))
        pages.find("state 2", ("b",))
        pages.keep("state 2", ("b",), new)
        pages.keep("state 1", ("a",), old)
        assert (pages.find("state 2", ("a",)), pages.find("state 2", ("b",))) == (None, new)

    def test_when_the_state_cannot_be_known_every_page_is_written_anew(self, portal, reader):
        portal.stamp = None
        reader.get("/")
        assert first_words(reader.get("/")) == "page 2"

    def test_a_page_older_than_the_limit_is_written_anew(self, portal, reader):
        reader.get("/")
        portal.now = 299
        assert first_words(reader.get("/")) == "page 1"
        portal.now = 301
        assert first_words(reader.get("/")) == "page 2"

    @pytest.mark.parametrize(
        "headers",
        [
            {"Cookie": "ckan=abc"},
            {"Cookie": "something=else"},
            {"Authorization": "token"},
        ],
    )
    def test_who_brings_a_cookie_or_a_token_neither_gets_a_kept_page_nor_leaves_one(self, portal, reader, headers):
        assert first_words(reader.get("/", headers=headers)) == "page 1"
        assert first_words(reader.get("/")) == "page 2"
        assert first_words(reader.get("/", headers=headers)) == "page 3"
        assert first_words(reader.get("/")) == "page 2"

    def test_a_configured_token_header_counts_as_a_name(self, portal, pages):
        reader = Client(ReadingMiddleware(portal, pages, lambda: "state", token_header="X-CKAN-Token"))
        reader.get("/")
        assert first_words(reader.get("/", headers={"X-CKAN-Token": "t"})) == "page 2"

    def test_an_answer_the_portal_does_not_call_public_is_never_kept(self, portal, reader):
        def for_one_user(request):
            request.environ[AUDIENCE] = Audience.NAMED
            return Response("secret", mimetype="text/html")

        portal.answer = for_one_user
        reader.get("/")
        portal.answer = None
        assert first_words(reader.get("/")) == "page 2"

    @pytest.mark.parametrize(
        "variation",
        [
            {"base_url": "http://other.example"},
            {"base_url": "https://localhost"},
            {"path": "/en/"},
            {"query_string": "q=air"},
            {"headers": {"Accept": "text/turtle"}},
            {"headers": {"HX-Request": "true"}},
            {"headers": {"HX-Target": "results"}},
            {"headers": {"X-Forwarded-Host": "evil.example"}},
            {"headers": {"Origin": "https://evil.example"}},
        ],
    )
    def test_whatever_the_portal_may_read_of_a_request_keeps_its_pages_apart(self, reader, variation):
        planted = reader.get(**{"path": "/", **variation})
        plain = reader.get("/")
        assert (first_words(planted), first_words(plain)) == ("page 1", "page 2")

    @pytest.mark.parametrize(
        "answer",
        [
            Response("missing", status=404, mimetype="text/html"),
            Response("mine", headers={"Cache-Control": "no-store"}, mimetype="text/html"),
            Response("a,b", headers={"Content-Disposition": "attachment"}, mimetype="text/csv"),
        ],
    )
    def test_errors_downloads_and_what_forbids_storing_are_not_kept(self, portal, reader, answer):
        portal.answer = lambda _request: answer
        reader.get("/x")
        reader.get("/x")
        assert portal.written == 2

    def test_part_of_a_file_is_asked_of_the_portal_itself(self, portal, reader):
        reader.get("/x", headers={"Range": "bytes=0-1"})
        reader.get("/x", headers={"Range": "bytes=0-1"})
        assert portal.written == 2

    def test_who_asks_for_a_fresh_page_gets_one(self, portal, reader):
        """A forced reload, or a monitor that wants to know whether the portal still writes pages."""
        reader.get("/")
        assert first_words(reader.get("/", headers={"Cache-Control": "no-cache"})) == "page 2"

    def test_head_gets_the_headers_of_the_kept_page_and_no_body(self, portal, reader):
        whole = reader.get("/")
        head = reader.head("/")
        assert (head.data, head.headers["ETag"], portal.written) == (b"", whole.headers["ETag"], 1)

    def test_a_change_by_post_reaches_the_portal_each_time(self, portal, reader):
        reader.post("/x")
        reader.post("/x")
        assert portal.asked == ["POST", "POST"]

    def test_memory_stays_within_its_bound_however_many_addresses_are_asked(self, portal, pages, reader):
        portal.answer = lambda request: Response(request.path.encode() * 500, mimetype="application/octet-stream")
        for number in range(300):
            reader.get(f"/{number}")
        assert 0 < len(pages) < 50
        assert pages._bytes <= 100_000

    def test_the_page_asked_for_last_outlives_the_others(self, portal, reader):
        portal.answer = lambda _request: Response(b"x" * 20_000, mimetype="application/octet-stream")
        for path in ("/a", "/b", "/c", "/a", "/d", "/e"):
            reader.get(path)
        portal.written = 0
        reader.get("/a")
        reader.get("/b")
        assert portal.written == 1

    def test_many_threads_and_changes_never_show_a_page_older_than_its_request(self):
        state = {"n": 0}

        def write(environ, start_response):
            environ[AUDIENCE] = Audience.PUBLIC
            body = str(state["n"]).encode()
            start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
            return [body]

        app = ReadingMiddleware(write, PageCache(1_000_000, 300), lambda: str(state["n"]))

        def ask(number: int) -> bool:
            if number % 7 == 0:
                state["n"] += 1
            before = state["n"]
            return int(Client(app).get(f"/{number % 3}").text) >= before

        with ThreadPoolExecutor(8) as threads:
            assert all(threads.map(ask, range(2000)))


class TestConditionalAnswers:
    def test_a_page_the_reader_has_is_answered_304_without_body(self, portal, reader):
        etag = reader.get("/").headers["ETag"]
        again = reader.get("/", headers={"If-None-Match": etag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)

    def test_the_etag_is_strong_and_follows_the_content(self, portal, reader):
        first = reader.get("/").headers["ETag"]
        portal.stamp = "state 2"
        second = reader.get("/").headers["ETag"]
        assert first.startswith('"') and first != second

    def test_unchanged_content_keeps_its_etag_over_a_change_of_the_catalogue(self, portal, reader):
        portal.answer = lambda _request: Response("the same", mimetype="text/html")
        etag = reader.get("/").headers["ETag"]
        portal.stamp = "state 2"
        assert reader.get("/", headers={"If-None-Match": etag}).status_code == 304

    def test_each_coding_has_an_etag_of_its_own(self, reader):
        plain = reader.get("/").headers["ETag"]
        packed = reader.get("/", headers={"Accept-Encoding": "gzip"}).headers["ETag"]
        assert plain != packed
        assert reader.get("/", headers={"Accept-Encoding": "gzip", "If-None-Match": packed}).status_code == 304

    def test_a_named_user_gets_an_etag_too(self, portal, reader):
        portal.answer = lambda _request: Response("mine", mimetype="text/html")
        etag = reader.get("/", headers={"Cookie": "ckan=abc"}).headers["ETag"]
        assert reader.get("/", headers={"Cookie": "ckan=abc", "If-None-Match": etag}).status_code == 304

    def test_a_stream_passes_untouched(self, portal, reader):
        portal.answer = lambda _request: Response((part for part in (b"a", b"b")), mimetype="text/csv")
        answer = reader.get("/dump", headers={"Accept-Encoding": "gzip"})
        assert (answer.data, "ETag" in answer.headers, "Content-Encoding" in answer.headers) == (b"ab", False, False)


class TestCompression:
    def test_text_is_sent_packed_to_whoever_takes_it(self, reader):
        answer = reader.get("/", headers={"Accept-Encoding": "gzip, br"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert gzip.decompress(answer.data).startswith(b"page 1")
        assert int(answer.headers["Content-Length"]) == len(answer.data) < 200

    @pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
    def test_and_plain_to_whoever_does_not(self, reader, accepted):
        reader.get("/", headers={"Accept-Encoding": "gzip"})
        answer = reader.get("/", headers={"Accept-Encoding": accepted})
        assert "Content-Encoding" not in answer.headers
        assert answer.text.startswith("page 1")

    @pytest.mark.parametrize("mimetype", ["image/png", "application/zip", "application/octet-stream"])
    def test_pictures_and_archives_are_left_as_they_are(self, portal, reader, mimetype):
        portal.answer = lambda _request: Response(b"x" * 5000, mimetype=mimetype)
        assert "Content-Encoding" not in reader.get("/", headers={"Accept-Encoding": "gzip"}).headers

    @pytest.mark.parametrize(
        "mimetype",
        [
            "text/css",
            "text/csv",
            "application/json",
            "application/ld+json",
            "application/rdf+xml",
            "text/turtle",
            "image/svg+xml",
            "application/javascript",
        ],
    )
    def test_every_kind_of_text_is_packed(self, portal, reader, mimetype):
        portal.answer = lambda _request: Response(b"x" * 5000, mimetype=mimetype)
        assert reader.get("/", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"

    def test_an_answer_with_a_users_secret_is_not_packed(self, reader):
        answer = reader.get("/", headers={"Cookie": "ckan=abc", "Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers


class TestCookies:
    @pytest.fixture(autouse=True)
    def a_portal_that_sets_a_cookie(self, portal):
        def with_cookie(request):
            status = {"/missing": 404, "/edit": 302}.get(request.path, 200)
            answer = Response("text", status=status, mimetype="text/html")
            answer.set_cookie("ckan", "session")
            return answer

        portal.answer = with_cookie

    @pytest.mark.parametrize("path", ["/", "/dataset/penduduk", "/en/dataset/", "/missing", "/user/list", "/dataset/user/login"])
    def test_a_reader_gets_none(self, reader, path):
        assert "Set-Cookie" not in reader.get(path).headers

    @pytest.mark.parametrize("path", ["/user/login", "/en/user/login", "/pt_BR/user/login", "/user/reset/abc", "/user/register"])
    def test_who_logs_in_does(self, reader, path):
        assert "ckan=session" in reader.get(path).headers["Set-Cookie"]

    def test_a_redirect_may_carry_a_notice_to_the_login_page(self, reader):
        assert "Set-Cookie" in reader.get("/edit").headers

    def test_who_brings_a_session_may_have_it_renewed_or_ended(self, reader):
        assert "Set-Cookie" in reader.get("/", headers={"Cookie": "a=b; ckan=old"}).headers
        assert "Set-Cookie" not in reader.get("/", headers={"Cookie": "a=b; mockan=old"}).headers

    def test_an_asset_never_carries_a_users_session_to_whoever_keeps_it(self, portal, reader):
        def asset(request):
            request.environ[AUDIENCE] = Audience.ASSET
            return Response("x", headers={"Set-Cookie": "ckan=mine", "Vary": "Cookie"})

        portal.answer = asset
        headers = reader.get("/base/a.js", headers={"Cookie": "ckan=mine"}).headers
        assert ("Set-Cookie" in headers, headers["Cache-Control"], headers.get("Vary")) == (False, "public, max-age=3600", None)

    def test_an_answer_that_sets_a_cookie_is_nobody_elses(self, portal, reader):
        assert reader.get("/", headers={"Cookie": "ckan=old"}).headers["Cache-Control"] == "private, no-cache"

    def test_a_form_sent_keeps_its_cookie(self, reader):
        assert "Set-Cookie" in reader.post("/user/login").headers


class TestHeaders:
    def test_every_answer_confines_the_browser_to_our_own_address(self, reader):
        for answer in (reader.get("/"), reader.post("/"), reader.get("/", headers={"Range": "bytes=0-1"})):
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'self'" in policy and "http" not in policy and "unsafe-eval" not in policy
            assert "frame-ancestors 'self'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"

    @pytest.mark.parametrize(
        ("said", "named"),
        [
            ("", "attachment"),
            ("inline", "attachment"),
            ("inline; filename=peta.svg", "attachment; filename=peta.svg"),
            ("attachment; filename=a.csv", "attachment; filename=a.csv"),
        ],
    )
    def test_an_uploaded_file_is_saved_under_its_name_and_runs_nothing_when_opened(self, said, named):
        headers = Headers({"Content-Disposition": said} if said else {})
        attach(headers)
        secure(headers, {"wsgi.url_scheme": "http"})
        assert headers["Content-Disposition"] == named
        assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'self'"

    def test_strict_transport_is_promised_only_where_it_is_spoken(self, reader):
        assert "Strict-Transport-Security" not in reader.get("/").headers
        assert reader.get("/", base_url="https://localhost").headers["Strict-Transport-Security"] == "max-age=31536000"

    @pytest.mark.parametrize(
        ("path", "promise"),
        [
            ("/webassets/base/7f3a91c2_main.css", "public, max-age=31536000, immutable"),
            ("/base/images/logo.svg", "public, max-age=3600"),
        ],
    )
    def test_an_asset_may_be_kept_long_and_a_hashed_one_for_good(self, portal, reader, path, promise):
        def asset(request):
            request.environ[AUDIENCE] = Audience.ASSET
            return Response("body {}", mimetype="text/css", headers={"Cache-Control": "no-cache"})

        portal.answer = asset
        assert reader.get(path).headers["Cache-Control"] == promise

    def test_a_public_page_is_asked_for_again_each_time_and_a_users_own_is_nobody_elses(self, reader):
        assert reader.get("/").headers["Cache-Control"] == "public, no-cache"
        assert reader.get("/", headers={"Cookie": "ckan=abc"}).headers["Cache-Control"] == "private, no-cache"


class TestOtherApplications:
    """Layers of other plugins between us and CKAN may use the freedoms of PEP 3333."""

    def test_one_that_starts_only_when_asked_for_its_first_piece(self, pages):
        def lazy(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])
            yield b"a"
            yield b"b"

        assert Client(ReadingMiddleware(lazy, pages, lambda: "state")).get("/").data == b"ab"

    def test_one_that_writes_before_it_returns(self, pages):
        def early(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain")])(b"a")
            return [b"b"]

        assert Client(ReadingMiddleware(early, pages, lambda: "state")).get("/").data == b"ab"

    def test_each_is_closed_once_its_answer_is_out(self, pages):
        closed = []

        class Body(list):
            def close(self):
                closed.append(True)

        def answers(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "1")])
            return Body([b"a"])

        Client(ReadingMiddleware(answers, pages, lambda: "state")).get("/").close()
        assert closed == [True]
