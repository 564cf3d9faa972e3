"""How is a service reached: straight, or through a proxy that is asked for a tunnel (CONNECT)?"""

import base64
import re
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from agent.dial import dial
from agent.filters import filter_of
from checks import VERSION
from checks.answers.network import Endpoint, Failure, Filter
from checks.answers.ways import LOGINS, Login
from checks.failures import failure_of

PROXY_S: Final = 3.0
"""How long a proxy may take to accept a connection."""
_MAX_HEAD_BYTES: Final = 16 * 1024
_MAX_PAGE_BYTES: Final = 32 * 1024
_PAGE_S: Final = 1.0
"""How long is waited for the page of a proxy that refuses: it is only looked at to name who refuses."""

_SQUID: Final[Mapping[str, Failure]] = {
    "ERR_DNS_FAIL": "name_unknown",
    "ERR_ACCESS_DENIED": "proxy_refused",
    "ERR_CACHE_ACCESS_DENIED": "proxy_needs_login",
    "ERR_READ_TIMEOUT": "timeout",
    "ERR_CANNOT_FORWARD": "unreachable",
    "ERR_CONNECT_FAIL 110": "timeout",
    "ERR_CONNECT_FAIL 111": "refused",
    "ERR_CONNECT_FAIL 104": "reset",
    "ERR_CONNECT_FAIL": "unreachable",
}
"""What squid says of its own trouble, with the error number of its system."""
_STATUS: Final[Mapping[int, Failure]] = {
    407: "proxy_needs_login",
    502: "unreachable",
    503: "unreachable",
    504: "timeout",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way out: straight, or by a proxy."""

    kind: Literal["direct", "http", "https", "socks"]
    host: str = ""
    port: int = 0
    credentials: str = ""  # "user:password" of a setting, never told to anybody but the proxy

    @property
    def url(self) -> str | None:
        """Address for an HTTP library; None goes straight."""
        if self.kind == "direct":
            return None
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.kind}://{self.credentials + '@' if self.credentials else ''}{host}:{self.port}"


DIRECT: Final = Way(kind="direct")


class Denied(OSError):
    """A proxy that answered, and gave no tunnel."""

    def __init__(self, failure: Failure, filter_: Filter = "none", login: tuple[Login, ...] = ()) -> None:
        super().__init__(f"the proxy gives no tunnel: {failure}")
        self.failure: Failure = failure
        self.filter: Filter = filter_
        self.login = login


class NoProxy(OSError):
    """A proxy that cannot be reached at all, or is of a kind that the agent does not speak."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"the proxy cannot be used: {failure}")
        self.failure: Failure = failure


def why(error: BaseException) -> Failure:
    """Name what reaching an endpoint raised."""
    return error.failure if isinstance(error, Denied | NoProxy) else failure_of(error)


def through(
    way: Way, addresses: Iterable[str], end: Endpoint, *, within_s: float, segment_bytes: int | None = None
) -> socket.socket:
    """Return a tunnel to an endpoint, blocking; `addresses` are the proxy's. Raises `NoProxy`, `Denied`, OSError."""
    started = time.monotonic()
    connection = to_proxy(way, addresses, segment_bytes=segment_bytes)
    try:
        connection.settimeout(max(within_s - (time.monotonic() - started), 1.0))
        _ask(connection, way, end)
        connection.settimeout(None)
    except BaseException:
        connection.close()
        raise
    return connection


def to_proxy(way: Way, addresses: Iterable[str], *, segment_bytes: int | None = None) -> socket.socket:
    """Return a connection to a proxy; raises `NoProxy`."""
    if way.kind != "http":
        raise NoProxy("proxy_unusable")
    try:
        return dial(way.host, way.port, within_s=PROXY_S, addresses=addresses, segment_bytes=segment_bytes)
    except (OSError, UnicodeError):
        raise NoProxy("proxy_unreachable") from None


def _ask(connection: socket.socket, way: Way, end: Endpoint) -> None:
    host = f"[{end.host}]" if ":" in end.host else end.host
    head = f"CONNECT {host}:{end.port} HTTP/1.1\r\nHost: {host}:{end.port}\r\n"
    head += f"User-Agent: Mozilla/5.0 (compatible; preau-agent/{VERSION})\r\n"
    if way.credentials:
        head += f"Proxy-Authorization: Basic {base64.b64encode(way.credentials.encode()).decode()}\r\n"
    connection.sendall(head.encode("idna" if not head.isascii() else "ascii") + b"\r\n")
    status, headers, rest = read_head(connection)
    if not 200 <= status < 300:
        raise _denied(status, headers, rest + _page(connection))


def read_head(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Read the head of an HTTP answer, and what came with it; raises `Denied` for what is no HTTP, OSError."""
    raw = bytearray()
    while b"\r\n\r\n" not in raw:
        part = connection.recv(4096)
        if not part and not raw:
            raise ConnectionResetError("closed without a word")
        if not part or len(raw) > _MAX_HEAD_BYTES:
            raise Denied("not_http")
        raw += part
    head, _, rest = bytes(raw).partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    found = re.match(r"HTTP/1\.[01] (\d{3})\b", lines[0])
    if not found:
        raise Denied("not_http")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        key = name.strip().lower()
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    return int(found[1]), headers, rest


def _page(connection: socket.socket) -> bytes:
    page, deadline = bytearray(), time.monotonic() + _PAGE_S
    try:
        while len(page) < _MAX_PAGE_BYTES and time.monotonic() < deadline:
            connection.settimeout(max(deadline - time.monotonic(), 0.01))
            part = connection.recv(8192)
            if not part:
                break
            page += part
    except OSError:
        pass  # what came is enough
    return bytes(page)


def _denied(status: int, headers: Mapping[str, str], page: bytes) -> Denied:
    said = headers.get("x-squid-error", "")
    failure = next((word for sign, word in _SQUID.items() if said.startswith(sign)), None)
    if status == 407:
        failure = "proxy_needs_login"
    return Denied(
        failure or _STATUS.get(status, "proxy_refused"),
        filter_of(headers, page),
        parse_login(headers.get("proxy-authenticate", "")),
    )


def parse_login(said: str) -> tuple[Login, ...]:
    """Read which ways to say who one is a Proxy-Authenticate header offers."""
    words = {word.lower() for word in re.findall(r"(?:^|,)\s*([A-Za-z-]+)(?=\s|,|$)", said)}
    known: set[Login] = {login for login in LOGINS if login in words}
    return tuple(sorted(known or ({"other"} if words else set())))
