"""What does the line to the collector answer: how far, how wide, at what time?"""

import time
from typing import Final
from urllib.parse import urlsplit

from agent import clock, throughput
from agent.ping import ping
from agent.policies import Imposed
from agent.proxy import Settings
from agent.reaching import CONNECT_S, Known, Reaching
from agent.side_by_side import ask_each
from agent.tunnel import why
from checks.answers.network import Endpoint, ServerClock
from checks.answers.ways import Latency, Link, Throughput
from checks.failures import failure_of
from checks.machine import CannotAnswer

ALL_S: Final = 12.5
"""How long any question may take, whatever it waits for: a script, a name, a proxy. An audit ends soon after."""
_PINGS: Final = 4
_PROBES: Final = 3
"""Of the collector, beside the one that serves portal and clock: four in all; the first only makes the connection."""
_PINGS_S: Final = 3.0


class LineAnswers:
    """Answers `checks.machine.Machine`'s questions about the line; `NetworkAnswers` adds those about services."""

    def __init__(self, known: Known | None = None) -> None:
        self._known = known or Known()
        self._to = Reaching(self._known, self._proxy_settings, self._imposed)

    def _proxy_settings(self) -> Settings:
        """Say what is written on this system about proxies; each system's door does."""
        return Settings()

    def _imposed(self) -> tuple[Imposed, ...]:
        """Say what administrators impose on this system's browsers; each system's door does."""
        return ()

    def links(self) -> tuple[Link, ...]:
        """Say nothing of cards: each system's door does.

        Lit : rien.
        """
        raise CannotAnswer("not_supported")

    def latency(self, endpoints: tuple[Endpoint, ...]) -> Latency:
        """Ask the collector for a few pings, or else connect a few times to the first endpoint that answers.

        Lit : quelques pings du collecteur, ou quelques connexions au premier hôte du profil qui répond.
        """
        collector, first = self._known.collector, self._to.pinged()
        if first is None:
            return self._connect_times(endpoints)
        if first.failure is not None:
            return self._connect_times(endpoints)
        asked = ping(collector, self._to.dateless_trust, self._to.taken(collector), count=_PROBES, within_s=_PINGS_S)
        times = tuple(one.took_us for one in asked if one.failure is None)
        # The first one made the connection as well; on a slow line it is all there was time for.
        if not times[1:]:
            return self._connect_times(endpoints)
        return Latency(asked="collector", failure=asked[-1].failure, round_trips_us=times[1:])

    def _connect_times(self, endpoints: tuple[Endpoint, ...]) -> Latency:
        end = next((end for end in endpoints if self._to.tunnel(end).failure is None), None)
        times: list[int] = []
        if end is None:
            return Latency(asked="services", failure="unreachable", round_trips_us=())
        way, deadline = self._to.tunnel(end).way, time.monotonic() + _PINGS_S
        while len(times) < _PINGS and time.monotonic() < deadline:
            started = time.monotonic()
            try:
                self._to.reach(end, way, CONNECT_S).close()
            except (OSError, UnicodeError) as error:
                return Latency(asked="services", failure=why(error), round_trips_us=tuple(times))
            times.append(round((time.monotonic() - started) * 1_000_000))
        return Latency(asked="services", failure=None, round_trips_us=tuple(times))

    def throughput(self) -> Throughput:
        """Ask the collector for its leave, and measure the line to it.

        Lit : un envoi et une réception bornés vers le collecteur, sur son autorisation ; la charge du processeur
        pendant ce temps.
        """
        lease = self._known.lease()
        if not lease:
            raise CannotAnswer("not_permitted")
        collector = self._known.collector
        way, trust = self._to.taken(collector), lambda: self._to.trust
        measured = throughput.Line(collector=collector, trust=trust, way=way, lease=lease)
        return throughput.measure(measured, self._carrier())

    def _carrier(self) -> Link | None:
        """Return the card that leads out; None when it cannot be told."""
        try:
            return next((link for link in self.links() if link.carries), None)
        except CannotAnswer:
            return None

    def collector_clock(self) -> ServerClock | None:
        """Say what the collector's last answer showed, or its ping.

        Lit : la date de la dernière réponse du collecteur.
        """
        if self._known.collector_clock is not None:
            return self._known.collector_clock
        pinged = self._to.pinged()
        return pinged.clock if pinged is not None else None

    def server_clocks(self, urls: tuple[str, ...]) -> tuple[ServerClock, ...]:
        """Read the Date of one answer of each server.

        Lit : l'en-tête `Date` d'une réponse de chaque service du profil.
        """

        def ask(url: str) -> ServerClock:
            try:
                self._to.named(url)
            except (OSError, UnicodeError) as error:
                return ServerClock(failure=failure_of(error), offset_ms=None, round_trip_ms=None)
            seen = clock.ask_clock(url, self._to.dateless_trust, self._to.taken(url))
            if seen.failure in (None, "timeout"):
                return seen
            # Whoever answers without encryption, be it a filter, has a clock; ours may be what TLS fails for.
            plainly = f"http://{urlsplit(url).hostname}/"
            instead = clock.ask_clock(plainly, self._to.dateless_trust, self._to.taken(plainly))
            return instead if instead.offset_ms is not None else seen

        def late(_: str) -> ServerClock:
            return ServerClock(failure="timeout", offset_ms=None, round_trip_ms=None)

        return ask_each(ask, urls, within_s=ALL_S, otherwise=late)
