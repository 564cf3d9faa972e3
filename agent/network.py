"""What does the network answer this workstation? The questions that are asked alike on every system."""

import hashlib
import socket
import ssl
import time
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from agent import http
from agent.side_by_side import ask_each
from agent.trust import client_context, dateless_context, observing_context
from checks.certificates import issuer_of, name_sha256
from checks.failures import failure_of
from checks.machine import (
    AddressKind,
    Connection,
    Control,
    Endpoint,
    Failure,
    Filter,
    Handshake,
    Page,
    PageAsked,
    Resolution,
    ServerClock,
)

RESOLVE_S: Final = 5.0
CONNECT_S: Final = 4.0
HANDSHAKE_S: Final = 5.0
CLOCK_S: Final = 5.0
FETCH_S: Final = 8.0
"""How long each question may take, for all it asks about: long enough for a bad line, short enough for a class."""
MAX_BODY_BYTES: Final = 2 * 1024 * 1024


class NetworkAnswers:
    """Answers `checks.machine.Machine`'s questions about services; each system's door inherits it."""

    def __init__(
        self,
        *,
        extra_ca: Path | None = None,
        collector_clock: ServerClock | None = None,
        controls: tuple[Control, ...] = (),
    ) -> None:
        self._extra_ca = extra_ca
        self._collector_clock = collector_clock
        self._controls = controls

    def resolve(self, hosts: tuple[str, ...]) -> tuple[Resolution, ...]:
        """Resolve each host as this workstation's programs do."""
        late = lambda host: _resolution(host, "timeout", (), RESOLVE_S)  # noqa: E731 - one line, used once
        return ask_each(_resolve, hosts, within_s=RESOLVE_S, otherwise=late)

    def connect(self, endpoints: tuple[Endpoint, ...]) -> tuple[Connection, ...]:
        """Connect to each endpoint, and close."""
        late = lambda end: Connection(  # noqa: E731
            host=end.host, port=end.port, failure="timeout", took_ms=round(CONNECT_S * 1000)
        )
        return ask_each(_connect, endpoints, within_s=CONNECT_S + 1, otherwise=late)

    def handshake(self, endpoints: tuple[Endpoint, ...]) -> tuple[Handshake, ...]:
        """Shake hands with each endpoint, and close."""
        trust = client_context(self._extra_ca)
        late = lambda end: _shaken(end, HANDSHAKE_S, "timeout")  # noqa: E731
        return ask_each(lambda end: _shake(end, trust), endpoints, within_s=HANDSHAKE_S + 1, otherwise=late)

    def fetch(self, pages: tuple[PageAsked, ...]) -> tuple[Page, ...]:
        """Fetch each page through the workstation's proxy, if it has one."""
        trust = client_context(self._extra_ca)
        late = lambda asked: _page(asked, FETCH_S, failure="timeout")  # noqa: E731
        return ask_each(lambda asked: _fetch(asked, trust), pages, within_s=FETCH_S, otherwise=late)

    def collector_clock(self) -> ServerClock | None:
        """Say what the last answer of the collector showed."""
        return self._collector_clock

    def server_clocks(self, urls: tuple[str, ...]) -> tuple[ServerClock, ...]:
        """Read the Date of one answer of each server."""
        trust = dateless_context(self._extra_ca)
        late = lambda _: ServerClock(failure="timeout", offset_ms=None, round_trip_ms=None)  # noqa: E731
        return ask_each(lambda url: _clock(url, trust), urls, within_s=CLOCK_S, otherwise=late)

    def controls(self) -> tuple[Control, ...]:
        """Hand over what the collector saw."""
        return self._controls


def address_kind(address: str) -> AddressKind:
    """Return the kind of an IP address, its scope left out."""
    ip = ip_address(address.partition("%")[0])
    if ip.is_unspecified:
        return "unspecified"
    if ip.is_loopback:
        return "loopback"
    if ip.is_link_local:
        return "link_local"
    return "private" if ip.is_private else "global"


def server_clock(date: str | None, sent_at: float, received_at: float) -> ServerClock:
    """Compare this clock with a Date header, given when (in seconds, by this clock) the request left and came back."""
    round_trip_ms = max(round((received_at - sent_at) * 1000), 0)
    try:
        server_s = parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return ServerClock(failure="not_http", offset_ms=None, round_trip_ms=round_trip_ms)
    offset_ms = round(((sent_at + received_at) / 2 - server_s) * 1000)
    return ServerClock(failure=None, offset_ms=offset_ms, round_trip_ms=round_trip_ms)


def filter_of(headers: Any, body: bytes) -> Filter:
    """Recognise a filter by the page it sends in place of another."""
    words = body[:65_536].lower()
    if "x-squid-error" in headers or (b"squid" in words and b"err_" in words):
        return "squid"
    return "e2guardian" if b"e2guardian" in words or b"dansguardian" in words else "none"


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _resolution(host: str, failure: Failure | None, kinds: Sequence[AddressKind], took_s: float) -> Resolution:
    return Resolution(host=host, failure=failure, kinds=tuple(sorted(set(kinds))), took_ms=round(took_s * 1000))


def _resolve(host: str) -> Resolution:
    started = time.monotonic()
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return _resolution(host, failure_of(error), (), time.monotonic() - started)
    kinds = [address_kind(str(address[4][0])) for address in found]
    return _resolution(host, None, kinds, time.monotonic() - started)


def _connect(endpoint: Endpoint) -> Connection:
    started, failure = time.monotonic(), None
    try:
        socket.create_connection((endpoint.host, endpoint.port), timeout=CONNECT_S).close()
    except (OSError, UnicodeError) as error:
        failure = failure_of(error)
    return Connection(host=endpoint.host, port=endpoint.port, failure=failure, took_ms=_ms(started))


def _shaken(
    end: Endpoint, took_s: float, failure: Failure | None, *, connected: bool = False, **seen: Any
) -> Handshake:
    unseen: dict[str, Any] = {"protocol": "", "issuer": None, "issuer_sha256": "", "leaf_sha256": ""}
    unseen |= {"not_before_at": None, "not_after_at": None}
    took_ms = round(took_s * 1000)
    return Handshake(
        host=end.host, port=end.port, connected=connected, failure=failure, took_ms=took_ms, **unseen | seen
    )


def _shake(end: Endpoint, trust: ssl.SSLContext) -> Handshake:
    started, failure, seen = time.monotonic(), None, {}
    try:
        plain = socket.create_connection((end.host, end.port), timeout=CONNECT_S)
    except (OSError, UnicodeError) as error:
        return _shaken(end, time.monotonic() - started, failure_of(error))
    try:
        with plain, trust.wrap_socket(plain, server_hostname=end.host) as tls:
            seen = _certificate(tls)
    except OSError as error:
        failure = failure_of(error)
        if failure.startswith("certificate_"):
            seen = _observe(end)
    return _shaken(end, time.monotonic() - started, failure, connected=True, **seen)


def _observe(end: Endpoint) -> dict[str, Any]:
    """Look at a certificate that was refused, to name who made it; nothing is sent."""
    try:
        with (
            socket.create_connection((end.host, end.port), timeout=CONNECT_S) as plain,
            observing_context().wrap_socket(plain, server_hostname=end.host) as tls,
        ):
            return _certificate(tls)
    except OSError:
        return {}


def _certificate(tls: ssl.SSLSocket) -> dict[str, Any]:
    """Read who signed the certificate, and its dates; the certificate itself goes no further."""
    raw: Any = tls
    chain = raw._sslobj.get_unverified_chain()  # the only way to a refused chain before Python 3.13
    if not chain:
        return {}
    leaf = chain[0].get_info()
    return {
        "protocol": tls.version() or "",
        "issuer": issuer_of(leaf["issuer"]),
        "issuer_sha256": name_sha256(leaf["issuer"]),
        "leaf_sha256": hashlib.sha256(tls.getpeercert(binary_form=True) or b"").hexdigest(),
        "not_before_at": int(ssl.cert_time_to_seconds(leaf["notBefore"])),
        "not_after_at": int(ssl.cert_time_to_seconds(leaf["notAfter"])),
    }


def _page(asked: PageAsked, took_s: float, **seen: Any) -> Page:
    unseen: dict[str, Any] = {"status": None, "body_sha256": "", "body_bytes": 0, "has_known_text": None}
    unseen |= {"failure": None, "redirect": "none", "filter": "none"}
    via_proxy = http.proxy_for(asked.url) is not None
    return Page(service=asked.service, via_proxy=via_proxy, took_ms=round(took_s * 1000), **unseen | seen)


def _fetch(asked: PageAsked, trust: ssl.SSLContext) -> Page:
    started = time.monotonic()
    try:
        with http.client(asked.url, trust, timeout_s=FETCH_S) as client, client.stream("GET", asked.url) as answer:
            body = _body(answer)
    except (http.HTTPError, OSError, UnicodeError) as error:
        failure = failure_of(error)
        if failure == "refused" and http.proxy_for(asked.url) is not None:
            failure = "proxy_unreachable"
        return _page(asked, time.monotonic() - started, failure=failure)
    if len(body) > MAX_BODY_BYTES:
        return _page(asked, time.monotonic() - started, failure="too_large", status=answer.status_code)
    return _page(
        asked,
        time.monotonic() - started,
        status=answer.status_code,
        body_sha256=hashlib.sha256(body).hexdigest(),
        body_bytes=len(body),
        has_known_text=asked.known_text.encode() in body if asked.known_text else None,
        redirect=_redirect(answer, asked.url),
        filter=filter_of(answer.headers, body),
    )


def _body(answer: http.Response) -> bytes:
    """Read a body up to just past the cap."""
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > MAX_BODY_BYTES:
            break
    return bytes(body)


def _redirect(answer: http.Response, url: str) -> str:
    location = answer.headers.get("location", "")
    if not (300 <= answer.status_code < 400 and location):
        return "none"
    host = urlsplit(location).hostname
    return "same_host" if host in (None, urlsplit(url).hostname) else "elsewhere"


def _clock(url: str, trust: ssl.SSLContext) -> ServerClock:
    sent_at = time.time()
    try:
        with http.client(url, trust, timeout_s=CLOCK_S) as client:
            answer = client.head(url)
    except (http.HTTPError, OSError, UnicodeError) as error:
        return ServerClock(failure=failure_of(error), offset_ms=None, round_trip_ms=None)
    return server_clock(answer.headers.get("date"), sent_at, time.time())
