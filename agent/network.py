"""What does the network answer this workstation? The questions that are asked alike on every system."""

import socket
import ssl
import time
from collections.abc import Iterable
from datetime import UTC
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from agent import handshake, http, page
from agent.dial import dial
from agent.side_by_side import ask_each
from agent.trust import client_context, dateless_context
from checks.answers.browser import Image, ImageAsked, PageFeatures
from checks.answers.network import (
    AddressKind,
    Connection,
    Control,
    Endpoint,
    Failure,
    Handshake,
    Page,
    PageAsked,
    Resolution,
    ServerClock,
)
from checks.answers.ways import (
    DnsAnswer,
    Family,
    Latency,
    Link,
    PacketSize,
    Portal,
    ProxyWay,
    SocketAnswer,
    SocketAsked,
    Throughput,
)
from checks.failures import failure_of
from checks.machine import CannotAnswer

RESOLVE_S: Final = 5.0
CONNECT_S: Final = 4.0
CLOCK_S: Final = 5.0
"""How long each question may take, for all it asks about: long enough for a bad line, short enough for a class."""


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

        def late(host: str) -> Resolution:
            return _resolution(host, RESOLVE_S, "timeout")

        return ask_each(_resolve, hosts, within_s=RESOLVE_S, otherwise=late)

    def connect(self, endpoints: tuple[Endpoint, ...]) -> tuple[Connection, ...]:
        """Connect to each endpoint, and close."""

        def late(end: Endpoint) -> Connection:
            return _connection(end, CONNECT_S, "timeout")

        return ask_each(_connect, endpoints, within_s=CONNECT_S + 0.5, otherwise=late)

    def handshake(self, endpoints: tuple[Endpoint, ...]) -> tuple[Handshake, ...]:
        """Shake hands with each endpoint, and close."""
        trust = client_context(self._extra_ca)

        def ask(end: Endpoint) -> Handshake:
            return handshake.shake(end, trust)

        def late(end: Endpoint) -> Handshake:
            return handshake.shaken(end, handshake.HANDSHAKE_S, "timeout")

        return ask_each(ask, endpoints, within_s=handshake.ALL_S, otherwise=late)

    def fetch(self, pages: tuple[PageAsked, ...]) -> tuple[Page, ...]:
        """Fetch each page through the workstation's proxy, if it has one."""
        trust = client_context(self._extra_ca)

        def ask(asked: PageAsked) -> Page:
            return page.fetch(asked, trust)

        def late(asked: PageAsked) -> Page:
            return page.page(asked, page.FETCH_S, failure="timeout")

        return ask_each(ask, pages, within_s=page.FETCH_S + 0.5, otherwise=late)

    def collector_clock(self) -> ServerClock | None:
        """Say what the last answer of the collector showed."""
        return self._collector_clock

    def server_clocks(self, urls: tuple[str, ...]) -> tuple[ServerClock, ...]:
        """Read the Date of one answer of each server."""
        trust = dateless_context(self._extra_ca)

        def ask(url: str) -> ServerClock:
            return _clock(url, trust)

        def late(_: str) -> ServerClock:
            return ServerClock(failure="timeout", offset_ms=None, round_trip_ms=None)

        return ask_each(ask, urls, within_s=CLOCK_S, otherwise=late)

    def links(self) -> tuple[Link, ...]:
        """Not asked yet."""
        raise CannotAnswer("not_supported")

    def portal(self, hosts: tuple[str, ...]) -> Portal:  # noqa: ARG002 - not yet
        """Not asked yet."""
        raise CannotAnswer("not_supported")

    def proxies(self, endpoints: tuple[Endpoint, ...]) -> tuple[ProxyWay, ...]:  # noqa: ARG002 - not yet
        """Not asked yet."""
        raise CannotAnswer("not_supported")

    def dns_answers(self, hosts: tuple[str, ...]) -> tuple[DnsAnswer, ...]:  # noqa: ARG002 - not yet
        """Not asked yet."""
        raise CannotAnswer("not_supported")

    def packet_sizes(self, endpoints: tuple[Endpoint, ...]) -> tuple[PacketSize, ...]:  # noqa: ARG002 - not yet
        """Not asked yet."""
        raise CannotAnswer("not_supported")

    def families(self, endpoints: tuple[Endpoint, ...]) -> tuple[Family, ...]:  # noqa: ARG002 - not yet
        """Not asked yet."""
        raise CannotAnswer("not_supported")

    def sockets(self, asked: tuple[SocketAsked, ...]) -> tuple[SocketAnswer, ...]:  # noqa: ARG002 - not yet
        """Not asked yet."""
        raise CannotAnswer("not_supported")

    def latency(self, endpoints: tuple[Endpoint, ...]) -> Latency:  # noqa: ARG002 - not yet
        """Not asked yet."""
        raise CannotAnswer("not_supported")

    def throughput(self) -> Throughput:
        """Not asked yet."""
        raise CannotAnswer("not_supported")

    def controls(self) -> tuple[Control, ...]:
        """Hand over what the collector saw."""
        return self._controls

    def page_features(self) -> PageFeatures:
        """Only the test page answers."""
        raise CannotAnswer("not_supported")

    def page_images(self, asked: tuple[ImageAsked, ...]) -> tuple[Image, ...]:  # noqa: ARG002
        """Only the test page answers."""
        raise CannotAnswer("not_supported")


def address_kind(address: str) -> AddressKind:
    """Return the kind of an IP address, its scope left out; "private" is all that the Internet does not route."""
    ip = ip_address(address.partition("%")[0])
    if ip.is_unspecified:
        return "unspecified"
    if ip.is_loopback:
        return "loopback"
    if ip.is_link_local:
        return "link_local"
    return "global" if ip.is_global else "private"


def server_clock(date: str | None, sent_at: float, received_at: float) -> ServerClock:
    """Compare this clock with a Date header, given when (in seconds, by this clock) the request left and came back."""
    round_trip_ms = max(round((received_at - sent_at) * 1000), 0)
    try:
        server = parsedate_to_datetime(date or "")
        server_s = (server if server.tzinfo else server.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ServerClock(failure="not_http", offset_ms=None, round_trip_ms=round_trip_ms)
    offset_ms = round(((sent_at + received_at) / 2 - server_s) * 1000)
    return ServerClock(failure=None, offset_ms=offset_ms, round_trip_ms=round_trip_ms)


def _resolve(host: str) -> Resolution:
    started = time.monotonic()
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return _resolution(host, time.monotonic() - started, failure_of(error))
    kinds = {address_kind(str(address[4][0])) for address in found}
    return _resolution(host, time.monotonic() - started, None, kinds)


def _resolution(host: str, took_s: float, failure: Failure | None, kinds: Iterable[AddressKind] = ()) -> Resolution:
    return Resolution(host=host, failure=failure, kinds=tuple(sorted(kinds)), took_ms=round(took_s * 1000))


def _connect(end: Endpoint) -> Connection:
    started, failure = time.monotonic(), None
    try:
        dial(end.host, end.port, within_s=CONNECT_S).close()
    except (OSError, UnicodeError) as error:
        failure = failure_of(error)
    return _connection(end, time.monotonic() - started, failure)


def _connection(end: Endpoint, took_s: float, failure: Failure | None) -> Connection:
    return Connection(host=end.host, port=end.port, failure=failure, took_ms=round(took_s * 1000))


def _clock(url: str, trust: ssl.SSLContext) -> ServerClock:
    sent_at = time.time()
    try:
        with http.opened(url, trust, timeout_s=CLOCK_S, connected=lambda: None) as answer:
            return server_clock(answer.headers.get("date"), sent_at, time.time())
    except (http.HTTPError, OSError, UnicodeError) as error:
        return ServerClock(failure=failure_of(error), offset_ms=None, round_trip_ms=None)
