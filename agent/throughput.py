"""How much does the line carry? A few streams to and from the collector, bounded in bytes and in seconds."""

import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import psutil

from agent import http
from agent.ping import ping
from agent.side_by_side import ask_each
from agent.tunnel import Way
from checks import line
from checks.answers.network import Failure
from checks.answers.ways import Link, Throughput
from checks.failures import failure_of

STREAMS: Final = 4
"""So that one slow start, or a filter that slows each connection, does not pass for the line."""
EACH_WAY_S: Final = 5.0
_ANSWER_S: Final = 10.0
_WARM_UP_S: Final = 1.0
"""What is left out at the start, a quarter of the whole at most: connections begin slowly."""
_EVERY_S: Final = 0.2
_NOISE: Final = os.urandom(32 * 1024)
"""What is sent up: nothing on the way can make it smaller."""


@dataclass(slots=True)
class Flow:
    """What passed one way, as it went."""

    started: float = field(default_factory=time.monotonic)
    passed: list[tuple[float, int]] = field(default_factory=list)  # (when, bytes)
    failure: Failure | None = None

    @property
    def over(self) -> bool:
        """Whether its time is up."""
        return time.monotonic() - self.started > EACH_WAY_S

    @property
    def total_bytes(self) -> int:
        """All that passed."""
        return sum(size for _, size in self.passed)

    @property
    def kbps(self) -> int | None:
        """The rate once warm; None when too little passed to tell."""
        if not self.passed:
            return None
        ended = max(when for when, _ in self.passed)
        warm = self.started + min(_WARM_UP_S, (ended - self.started) / 4)
        size = sum(size for when, size in self.passed if when > warm)
        return round(size * 8 / (ended - warm) / 1000) if ended > warm and size else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is measured: the way to the collector, with its lease."""

    collector: str
    trust: Callable[[], ssl.SSLContext]
    way: Way
    lease: str

    def client(self) -> http.Client:
        """Open a connection's client."""
        return http.client(self.collector, self.trust(), self.way.url, timeout_s=_ANSWER_S)

    def address(self, path: str) -> str:
        """Return the address of one question."""
        return self.collector.rstrip("/") + path


def measure(measured: Line, link: Link | None) -> Throughput:
    """Measure down, then up, each with the time of small questions meanwhile."""
    started = time.monotonic()
    idle_us = _median_us(measured, count=4)
    psutil.cpu_percent(interval=None)
    down, down_loaded_us = _flow(measured, _down)
    up, up_loaded_us = _flow(measured, _up) if down.failure is None else (Flow(), None)
    busy_percent = round(psutil.cpu_percent(interval=None))
    return Throughput(
        failure=down.failure or up.failure,
        down_kbps=down.kbps,
        up_kbps=up.kbps,
        down_bytes=down.total_bytes,
        up_bytes=up.total_bytes,
        idle_us=idle_us,
        down_loaded_us=down_loaded_us,
        up_loaded_us=up_loaded_us,
        busy_percent=min(busy_percent, 100),
        link=link,
        via_proxy=measured.way.kind != "direct",
        took_ms=round((time.monotonic() - started) * 1000),
    )


def _flow(measured: Line, one: Callable[[Line, Flow], Failure | None]) -> tuple[Flow, int | None]:
    """Run the streams of one way side by side, and ask small questions until they end."""
    flow, ended = Flow(), threading.Event()
    loaded: list[int | None] = []
    asking = threading.Thread(
        target=lambda: loaded.append(_median_us(measured, count=200, ended=ended.is_set)), daemon=True
    )
    asking.start()
    failures = ask_each(
        lambda _: one(measured, flow), range(STREAMS), within_s=EACH_WAY_S + _ANSWER_S, otherwise=lambda _: None
    )
    ended.set()
    asking.join(1.0)
    if not flow.passed:
        flow.failure = next((failure for failure in failures if failure), "timeout")
    return flow, loaded[0] if loaded else None


def _down(measured: Line, flow: Flow) -> Failure | None:
    asked = {"bytes": str(line.MAX_DOWN_BYTES // STREAMS)}
    try:
        with (
            measured.client() as client,
            client.stream(
                "GET", measured.address(line.DOWN_PATH), params=asked, headers={line.LEASE_FIELD: measured.lease}
            ) as answer,
        ):
            if answer.status_code != 200:
                return "not_http"
            for part in answer.iter_raw():
                flow.passed.append((time.monotonic(), len(part)))
                if flow.over:
                    break
    except (http.HTTPError, OSError, UnicodeError) as error:
        return failure_of(error)
    return None


def _up(measured: Line, flow: Flow) -> Failure | None:
    size = line.MAX_UP_BYTES // STREAMS
    headers = {line.LEASE_FIELD: measured.lease, "Content-Length": str(size)}
    try:
        with measured.client() as client:
            client.post(measured.address(line.UP_PATH), content=_noise(size, flow), headers=headers)
    except (http.HTTPError, OSError, UnicodeError) as error:
        # Cut short on purpose once its time is up: what had passed counts.
        return None if flow.over else failure_of(error)
    return None


def _noise(size: int, flow: Flow) -> Iterator[bytes]:
    while size > 0 and not flow.over:
        part = _NOISE[:size]
        yield part
        size -= len(part)
        flow.passed.append((time.monotonic(), len(part)))


def _median_us(measured: Line, *, count: int, ended: Callable[[], bool] = lambda: False) -> int | None:
    """Ask small questions over one connection until told to stop; None when none came back."""
    asked = ping(
        measured.collector,
        measured.trust(),
        measured.way,
        count=count,
        within_s=EACH_WAY_S + _ANSWER_S,
        every_s=_EVERY_S,
        ended=ended,
    )
    # The first one made the connection as well.
    times = [one.took_us for one in asked[1:] if one.failure is None]
    return sorted(times)[(len(times) - 1) // 2] if times else None
