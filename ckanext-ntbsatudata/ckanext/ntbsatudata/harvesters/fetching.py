"""Reading other people's addresses safely: only public hosts, whatever a name resolves to, and never more than the limits.

The address is checked where the connection is made, and the connection goes to the address that was checked: a name that answers
differently the second time (DNS rebinding), a redirect, an IPv6 form of a private address all end there. No proxy of the
environment is used, for it would connect for us unseen.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError

from ckanext.ntbsatudata.domain.errors import SatuDataError
from ckanext.ntbsatudata.domain.problems import Problem

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_CHUNK = 64 * 1024
_AGENT = "NTB-Satu-Data/1 (harvester)"
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_TEREDO, _SIX_TO_FOUR = ipaddress.ip_network("2001::/32"), ipaddress.ip_network("2002::/16")


class FetchError(SatuDataError):
    """An address that was not read; `problem` says why."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.problem = Problem(code, values=values)


@dataclass(frozen=True)
class Limits:
    """`seconds` for one answer from the first connection to the last byte; `bytes` after decompression."""

    seconds: float = 120.0
    bytes: int = 60 * 1024 * 1024
    redirects: int = 5
    connect_seconds: float = 10.0


@dataclass(frozen=True)
class Answer:
    url: str
    status: int
    media_type: str
    content: bytes


def is_allowed(address: Address, allowed: tuple[Network, ...] = ()) -> bool:
    """True for an address of the public internet, also inside the IPv6 forms that carry an IPv4 address; or of an allowed network."""
    if any(address in network for network in allowed if network.version == address.version):
        return True
    inner = _carried(address)
    if inner is not None:
        return is_allowed(inner, allowed)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _carried(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in _SIX_TO_FOUR:
        return address.sixtofour
    if address in _TEREDO:
        return address.teredo[1] if address.teredo else None
    if any(address in network for network in _NAT64) or int(address) >> 32 == 0 and int(address) > 1:  # ::a.b.c.d, long abolished
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


@dataclass
class SafeFetcher:
    """Reads addresses. `allowed` are networks an operator opened, such as the government's own; `resolve` is the system's resolver."""

    limits: Limits = field(default_factory=Limits)
    allowed: tuple[Network, ...] = ()
    resolve: Callable[..., list[Any]] = socket.getaddrinfo

    def fetch(self, url: str) -> Answer:
        """Return the answer at an address, following redirects. Raises `FetchError`; statuses from 400 on are answers."""
        return self._follow(url, "GET")

    def probe(self, url: str) -> Answer:
        """Return status and type of an address without its content (at most 64 KB of it)."""
        return self._follow(url, "GET", keep=_CHUNK)

    def _follow(self, url: str, method: str, keep: int | None = None) -> Answer:
        deadline = time.monotonic() + self.limits.seconds
        with _session(self, deadline) as session:
            for _redirect in range(self.limits.redirects + 1):
                _require_web_address(url)
                answer, target = self._once(session, method, url, deadline, keep)
                if target is None:
                    return answer
                url = urljoin(url, target)
        raise FetchError("fetch-redirects", limit=self.limits.redirects)

    def _once(self, session: requests.Session, method: str, url: str, deadline: float, keep: int | None) -> tuple[Answer, str | None]:
        watch = _Deadline(deadline)
        try:
            with (
                watch,
                session.request(
                    method,
                    url,
                    stream=True,
                    allow_redirects=False,
                    timeout=(self.limits.connect_seconds, max(0.1, deadline - time.monotonic())),
                ) as response,
            ):
                if response.is_redirect and not watch.passed:
                    return Answer(url, response.status_code, "", b""), response.headers["Location"]
                content = self._content(response, deadline, keep)
                if watch.passed:  # what the shut connection left looks like a whole answer
                    raise FetchError("fetch-too-slow", seconds=self.limits.seconds)
                return Answer(url, response.status_code, response.headers.get("Content-Type", ""), content), None
        except FetchError:
            raise
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            refused = _refusal_inside(error)
            if refused is not None:
                raise refused from error
            if watch.passed or time.monotonic() > deadline - 0.05:  # the read's own limit ends at the same moment
                raise FetchError("fetch-too-slow", seconds=self.limits.seconds) from error
            raise FetchError("fetch-failed", reason=type(error).__name__) from error

    def _content(self, response: requests.Response, deadline: float, keep: int | None) -> bytes:
        declared = response.headers.get("Content-Length", "")
        if keep is None and declared.isdigit() and int(declared) > self.limits.bytes:
            raise FetchError("fetch-too-large", limit=self.limits.bytes)
        pieces, size = [], 0
        for piece in response.raw.stream(_CHUNK, decode_content=True):
            size += len(piece)
            if keep is not None and size >= keep:
                break
            if size > self.limits.bytes:
                raise FetchError("fetch-too-large", limit=self.limits.bytes)
            if time.monotonic() > deadline:
                raise FetchError("fetch-too-slow", seconds=self.limits.seconds)
            pieces.append(piece)
        return b"".join(pieces)

    def connect(self, host: str, port: int, timeout: float, deadline: float, watch: Callable[[socket.socket], None]) -> socket.socket:
        """Resolve a name, check every address it has, and connect to one of those that were checked."""
        try:
            found = self.resolve(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FetchError("fetch-unknown-host", host=host[:100]) from error
        addresses = [(family, sockaddr) for family, _type, _proto, _name, sockaddr in found]
        for _family, sockaddr in addresses:
            if not is_allowed(ipaddress.ip_address(str(sockaddr[0]).partition("%")[0]), self.allowed):
                raise FetchError("fetch-internal-address", host=host[:100])
        failure: OSError = OSError("no address")
        for family, sockaddr in addresses:
            connection = socket.socket(family, socket.SOCK_STREAM)
            connection.settimeout(max(0.1, min(timeout, deadline - time.monotonic())))
            try:
                connection.connect(sockaddr)
            except OSError as error:
                connection.close()
                failure = error
                continue
            connection.settimeout(max(0.1, deadline - time.monotonic()))
            watch(connection)
            return connection
        raise failure


def _require_web_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise FetchError("fetch-no-web-address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or port == 0:
        raise FetchError("fetch-no-web-address")


def _refusal_inside(error: BaseException | None) -> FetchError | None:
    """Return our own refusal that urllib3 and requests have wrapped."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, FetchError):
            return error
        reason = getattr(error, "reason", None) or (error.args[0] if error.args and isinstance(error.args[0], BaseException) else None)
        error = error.__cause__ or (reason if isinstance(reason, BaseException) else None) or error.__context__
    return None


class _Deadline:
    """Shuts the connection at the deadline: a server that drips its headers byte by byte never lets a read time out."""

    sockets: threading.local = threading.local()

    def __init__(self, deadline: float) -> None:
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._shut)
        self._timer.daemon = True
        self._connections: list[socket.socket] = []
        self.passed = False

    def watch(self, connection: socket.socket) -> None:
        self._connections.append(connection)

    def _shut(self) -> None:
        self.passed = True
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it is closed already

    def __enter__(self) -> _Deadline:
        _Deadline.sockets.current = self
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        _Deadline.sockets.current = None


def _watch(connection: socket.socket) -> None:
    current = getattr(_Deadline.sockets, "current", None)
    if current is not None:
        current.watch(connection)


def _session(fetcher: SafeFetcher, deadline: float) -> requests.Session:
    def open_socket(connection: Any) -> socket.socket:
        timeout = connection.timeout if isinstance(connection.timeout, int | float) else fetcher.limits.connect_seconds
        try:
            return fetcher.connect(connection._dns_host, connection.port, timeout, deadline, _watch)
        except OSError as error:
            raise NewConnectionError(connection, f"{type(error).__name__}") from error

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return open_socket(self)

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return open_socket(self)

    plain = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain})
    encrypted = type("EncryptedPool", (HTTPSConnectionPool,), {"ConnectionCls": Encrypted})
    adapter = HTTPAdapter(max_retries=0, pool_connections=1, pool_maxsize=1)
    adapter.poolmanager.pool_classes_by_scheme = {"http": plain, "https": encrypted}
    session = requests.Session()
    session.trust_env = False
    session.headers["User-Agent"] = _AGENT
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session
