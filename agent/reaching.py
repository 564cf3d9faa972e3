"""How is each endpoint reached from here, and what did that show? Found once, for all the questions that lean on it."""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from agent import browser_proxy, handshake
from agent.dial import Tried, dial
from agent.lookup import Lookups, sha256
from agent.once import Once
from agent.ping import Ping, failed_ping, ping
from agent.policies import Imposed
from agent.proxy import Choice, Settings, Ways, is_loopback
from agent.trust import READS_ROOTS, client_context, dateless_context
from agent.tunnel import DIRECT, Denied, Way, through, why
from checks.answers.network import Connection, Control, Endpoint, Failure, Filter, Handshake, ServerClock
from checks.answers.ways import Login, ProxyWay
from checks.failures import failure_of

CONNECT_S: Final = 4.0
"""How long one connection may take, once the name is resolved: long enough for a bad line, short enough for a class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the agent knows when it opens the door."""

    extra_ca: Path | None = None
    endpoints: tuple[Endpoint, ...] = ()  # every one of the profile: a proxy script is run once for all
    controls: tuple[Control, ...] = ()
    addresses: Mapping[str, tuple[str, ...]] | None = None  # by host, as the collector resolves it
    collector: str = ""  # its address; "" when this workstation knows none
    collector_clock: ServerClock | None = None
    lease: Callable[[], str] = lambda: ""  # asks the collector for its leave to measure its line; "" when it says no


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel:
    """What became of one connection by the way that browsers take, closed at once."""

    way: Way
    failure: Failure | None = None
    took_s: float = 0.0
    filter: Filter = "none"
    login: tuple[Login, ...] = ()
    addresses_count: int = 0
    silent_count: int = 0


class Reaching:
    """Reaches endpoints, by the way that browsers take."""

    def __init__(
        self, known: Known, settings: Callable[[], Settings], imposed: Callable[[], Iterable[Imposed]] = tuple
    ) -> None:
        self.known, self.lookups, self._imposed = known, Lookups(), imposed
        self.ways = Ways(settings=settings, lookups=self.lookups, endpoints=known.endpoints)
        self._once = Once()

    @property
    def trust(self) -> ssl.SSLContext:
        """Whom this workstation trusts."""
        return self._context(client_context)

    @property
    def dateless_trust(self) -> ssl.SSLContext:
        """The same, dates left out: for what only reads a clock."""
        return self._context(dateless_context)

    def _context(self, make: Callable[[Path | None], ssl.SSLContext]) -> ssl.SSLContext:
        if READS_ROOTS:
            return self._once.get(make, lambda: make(self.known.extra_ca))
        return make(self.known.extra_ca)

    def taken(self, url: str) -> Way:
        """Return the way browsers end up taking to an address."""
        return self.ways.taken(endpoint_of(url), urlsplit(url).scheme)

    def named(self, url: str) -> None:
        """See to it that an address reached straight has a name that resolves; raises what resolving it did.

        Libraries resolve again, and cannot be told how long to wait.
        """
        if self.taken(url).kind == "direct":
            self.lookups.addresses(urlsplit(url).hostname or "")

    def reach(
        self, end: Endpoint, way: Way, within_s: float, segment_bytes: int | None = None, tried: Tried | None = None
    ) -> socket.socket:
        """Return a connection to an endpoint; raises what `agent.tunnel` and `Lookups` do."""
        if way.kind != "direct":
            return through(way, self.ways.addresses(way), end, within_s=within_s, segment_bytes=segment_bytes)
        addresses = self.lookups.addresses(end.host)
        return dial(
            end.host, end.port, within_s=within_s, addresses=addresses, segment_bytes=segment_bytes, tried=tried
        )

    def tunnel(self, end: Endpoint) -> Tunnel:
        """Connect to an endpoint once, and say what became of it."""
        return self._once.get(("tunnel", end), lambda: self._tunnel(end))

    def _tunnel(self, end: Endpoint) -> Tunnel:
        way = self.ways.taken(end)
        started, tried = time.monotonic(), Tried()
        try:
            self.reach(end, way, CONNECT_S, tried=tried).close()
        except Denied as denied:
            took_s = time.monotonic() - started
            return Tunnel(way=way, failure=denied.failure, took_s=took_s, filter=denied.filter, login=denied.login)
        except (OSError, UnicodeError) as error:
            took_s, count = time.monotonic() - started, tried.addresses_count
            return Tunnel(way=way, failure=why(error), took_s=took_s, addresses_count=count)
        return Tunnel(
            way=way,
            took_s=time.monotonic() - started,
            addresses_count=tried.addresses_count,
            silent_count=max(tried.begun_count - 1, 0),
        )

    def straight(self, end: Endpoint) -> Failure | None:
        """Connect to an endpoint without any proxy, once, and say what became of it."""
        return self._once.get(("straight", end), lambda: self._straight(end))

    def _straight(self, end: Endpoint) -> Failure | None:
        try:
            self.reach(end, DIRECT, CONNECT_S).close()
        except (OSError, UnicodeError) as error:
            return why(error)
        return None

    def shaken(self, end: Endpoint) -> Handshake:
        """Shake hands with an endpoint once, and say who signs."""
        return self._once.get(("shaken", end), lambda: self._shaken(end))

    def _shaken(self, end: Endpoint) -> Handshake:
        tunnel = self.tunnel(end)
        via_proxy = tunnel.way.kind != "direct"
        if tunnel.failure is not None:
            return handshake.shaken(end, tunnel.took_s, tunnel.failure, via_proxy=via_proxy)

        def connect(within_s: float) -> socket.socket:
            return self.reach(end, tunnel.way, within_s)

        seen = handshake.shake(end, self.trust, connect, connect_s=CONNECT_S, via_proxy=via_proxy)
        if seen.leaf_sha256 == "" or not self._resigned(end, seen):
            return seen
        from agent import firefox  # only where somebody decrypts on the way

        roots = self._once.get("firefox", lambda: firefox.roots(Path.home()))
        return replace(seen, firefox=handshake.trusted_by_firefox(end, roots, connect))

    def _resigned(self, end: Endpoint, seen: Handshake) -> bool:
        """Tell whether somebody on the way signs in the service's place, as far as this side can see."""
        expected = {
            control.issuer_sha256
            for control in self.known.controls
            if control.issuer_sha256 and any(host.host == end.host for host in control.hosts[:1])
        }
        return seen.issuer not in (None, "other") or bool(expected and seen.issuer_sha256 not in expected)

    def proxy_way(self, end: Endpoint) -> ProxyWay:
        """Say which way browsers take to an endpoint, and what it and going straight give."""
        choice, tunnel = self.ways.choice(end), self.tunnel(end)
        via_proxy = tunnel.way.kind != "direct"
        # Browsers go straight when their script cannot be had: whether that leads anywhere decides how bad it is.
        asked = (via_proxy or choice.script in ("unreachable", "invalid", "endless")) and not is_loopback(end.host)
        return ProxyWay(
            host=end.host,
            port=end.port,
            source=choice.source,
            script=choice.script,
            via_proxy=via_proxy,
            failure=tunnel.failure if via_proxy else None,
            login=tunnel.login,
            filter=tunnel.filter,
            given_up_count=choice.ways.index(tunnel.way) if tunnel.way in choice.ways else 0,
            direct=self.straight(end) if asked else None,
            direct_asked=asked,
            browser_differs=self._browser_differs(end, choice),
            proxy_sha256=sha256(f"{tunnel.way.host}:{tunnel.way.port}") if via_proxy else "",
            took_ms=round(tunnel.took_s * 1000),
        )

    def _browser_differs(self, end: Endpoint, choice: Choice) -> bool | None:
        if is_loopback(end.host):
            return None
        imposed = self._once.get("imposed", lambda: tuple(self._imposed()))
        return browser_proxy.differs(imposed, self.ways.system, choice, end.host)

    def no_proxy_way(self, end: Endpoint) -> ProxyWay:
        """Say that nothing could be found out in time."""
        unseen: dict[str, Any] = {"source": "none", "script": "none", "via_proxy": False, "login": (), "filter": "none"}
        unseen |= {"given_up_count": 0, "direct": None, "direct_asked": False, "browser_differs": None}
        return ProxyWay(host=end.host, port=end.port, failure="timeout", proxy_sha256="", took_ms=0, **unseen)

    def connection(self, end: Endpoint) -> Connection:
        """Say what became of connecting to an endpoint."""
        tunnel = self.tunnel(end)
        return Connection(
            host=end.host,
            port=end.port,
            failure=tunnel.failure,
            took_ms=round(tunnel.took_s * 1000),
            via_proxy=tunnel.way.kind != "direct",
            filter=tunnel.filter,
            addresses_count=tunnel.addresses_count,
            silent_count=tunnel.silent_count,
        )

    def pinged(self) -> Ping | None:
        """Ask the collector for its ping, once; None when this workstation knows no collector."""
        if not self.known.collector:
            return None
        return self._once.get("ping", self._ping)

    def _ping(self) -> Ping:
        # All but dates is verified: this clock may be the very thing that is wrong, and a ping tells no secret.
        try:
            self.named(self.known.collector)
        except (OSError, UnicodeError) as error:
            return failed_ping(failure_of(error))
        return ping(self.known.collector, self.dateless_trust, self.taken(self.known.collector))[0]


def endpoint_of(url: str) -> Endpoint:
    """Return where an address leads."""
    parts = urlsplit(url)
    return Endpoint(host=parts.hostname or "", port=parts.port or (443 if parts.scheme in ("https", "wss") else 80))
