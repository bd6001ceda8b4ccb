"""Hostile addresses and servers: each ends with its reason, within its limits, and nothing inside is ever asked."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from ckanext.ntbsatudata.harvesters.fetching import FetchError, Limits, SafeFetcher, is_allowed

LOOPBACK = (ipaddress.ip_network("127.0.0.1/32"),)
FAST = Limits(seconds=1.5, bytes=200_000, redirects=3, connect_seconds=1.0)


@contextmanager
def server(handle):
    """A server on loopback that lets `handle(connection, request)` answer; gives its address and the requests it saw."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    seen, ended = [], threading.Event()

    def answer(connection):
        with connection:
            connection.settimeout(5)
            try:
                request = connection.recv(65536)
                seen.append(request)
                if request:
                    handle(connection, request)
            except OSError:
                return

    def accept():
        while not ended.is_set():
            try:
                connection, _address = listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
    finally:
        ended.set()
        thread.join()
        listener.close()


def reply(body=b"", status="200 OK", **headers):
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{lines}\r\n".encode() + body


def refused(url, limits=FAST, allowed=(), resolve=socket.getaddrinfo):
    begun = time.monotonic()
    with pytest.raises(FetchError) as caught:
        SafeFetcher(limits, allowed, resolve).fetch(url)
    assert time.monotonic() - begun < limits.seconds + 2
    return caught.value.problem.code


INSIDE = [
    "http://127.0.0.1/", "http://localhost/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://0.0.0.0/",
    "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/", "http://[fe80::1]/", "http://[fc00::1]/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://224.0.0.1/", "http://255.255.255.255/", "http://[ff02::1]/",
    "http://198.18.0.1/", "http://240.0.0.1/", "https://127.0.0.1:6379/",
]  # fmt: skip


@pytest.mark.parametrize("url", INSIDE)
def test_an_address_inside_is_refused_in_whatever_form(url):
    assert refused(url) == "fetch-internal-address"


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "ftp://a.go.id/x", "http://", "//a.go.id", "http://u:p@a.go.id/", "http://a.go.id:0/",
     "http://a.go.id:99999/", "http://[::1", "javascript:alert(1)", "data:text/plain,x", ""],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url):
    assert refused(url) == "fetch-no-web-address"


@pytest.mark.parametrize("text", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::"])
def test_public_addresses_are_allowed_also_inside_ipv6(text):
    assert is_allowed(ipaddress.ip_address(text))


def test_a_name_with_one_address_inside_is_refused_though_another_is_public():
    def both(host, port, **_rest):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("8.8.8.8", "10.0.0.1")]

    assert refused("http://data.example.org/", resolve=both) == "fetch-internal-address"


def test_a_name_that_changes_its_address_after_the_check_is_not_asked_again():
    answers = iter(["127.0.0.1", "127.0.0.2"])
    asked = []

    def rebinding(host, port, **_rest):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    with server(lambda connection, _request: connection.sendall(reply(b"ok"))) as (url, _seen):
        port = url.rpartition(":")[2]
        assert SafeFetcher(FAST, LOOPBACK, rebinding).fetch(f"http://data.example.org:{port}/").content == b"ok"
    assert asked == ["data.example.org"]


@pytest.mark.parametrize("target", ["http://169.254.169.254/", "http://[::ffff:10.0.0.1]/", "http://127.0.0.2/", "//10.1.1.1/x"])
def test_a_redirect_inwards_is_refused(target):
    with server(lambda connection, _request: connection.sendall(reply(status="302 Found", Location=target))) as (url, _seen):
        assert refused(url, allowed=LOOPBACK) == "fetch-internal-address"


def test_a_redirect_to_a_file_is_refused():
    with server(lambda connection, _request: connection.sendall(reply(status="302 Found", Location="file:///etc/passwd"))) as (url, _seen):
        assert refused(url, allowed=LOOPBACK) == "fetch-no-web-address"


def test_endless_redirects_end():
    with server(lambda connection, _request: connection.sendall(reply(status="301 Moved", Location="/again"))) as (url, seen):
        assert refused(url, allowed=LOOPBACK) == "fetch-redirects"
        assert len(seen) == FAST.redirects + 1


def test_a_slow_drip_of_the_body_ends_at_the_deadline():
    def drip(connection, _request):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _byte in range(100):
            connection.sendall(b"x")
            time.sleep(0.1)

    with server(drip) as (url, _seen):
        assert refused(url, allowed=LOOPBACK) == "fetch-too-slow"


def test_a_slow_drip_of_the_headers_ends_at_the_deadline():
    def drip(connection, _request):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _byte in range(100):
            connection.sendall(b"x")
            time.sleep(0.1)

    with server(drip) as (url, _seen):
        assert refused(url, allowed=LOOPBACK) == "fetch-too-slow"


def test_a_server_that_says_nothing_ends_at_the_deadline():
    with server(lambda _connection, _request: time.sleep(4)) as (url, _seen):
        assert refused(url, allowed=LOOPBACK) == "fetch-too-slow"


def test_a_compressed_bomb_is_measured_after_it_is_unpacked():
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < FAST.bytes
    with server(lambda connection, _request: connection.sendall(reply(bomb, Content_Encoding="gzip"))) as (url, _seen):
        assert refused(url, allowed=LOOPBACK) == "fetch-too-large"


def test_a_bomb_in_a_bomb_ends_too():
    bomb = gzip.compress(gzip.compress(b"\0" * 20_000_000))
    with server(lambda connection, _request: connection.sendall(reply(bomb, Content_Encoding="gzip, gzip"))) as (url, _seen):
        assert refused(url, allowed=LOOPBACK) in ("fetch-too-large", "fetch-failed")


def test_an_answer_that_declares_too_much_is_not_read():
    def declare(connection, _request):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")

    with server(declare) as (url, _seen):
        assert refused(url, allowed=LOOPBACK) == "fetch-too-large"


def test_an_endless_answer_without_length_ends():
    def flood(connection, _request):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with server(flood) as (url, _seen):
        assert refused(url, allowed=LOOPBACK) == "fetch-too-large"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip",
    ],
)
def test_what_is_no_http_is_a_failure_with_its_reason(text):
    with server(lambda connection, _request: connection.sendall(text)) as (url, _seen):
        assert refused(url, allowed=LOOPBACK) == "fetch-failed"


def test_an_honest_answer_is_read_whole_without_credentials_or_proxies(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with server(
        lambda connection, _request: connection.sendall(
            reply(gzip.compress(b"{}"), Content_Encoding="gzip", Content_Type="application/json")
        )
    ) as (url, seen):
        answer = SafeFetcher(FAST, LOOPBACK).fetch(f"{url}/data.json")
    assert (answer.status, answer.content, answer.media_type) == (200, b"{}", "application/json")
    assert b"GET /data.json" in seen[0] and b"Authorization" not in seen[0] and b"Cookie" not in seen[0]


def test_a_probe_reads_only_the_beginning():
    with server(lambda connection, _request: connection.sendall(reply(b"x" * 190_000))) as (url, _seen):
        assert SafeFetcher(FAST, LOOPBACK).probe(url).status == 200
