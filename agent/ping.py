"""How far is the collector? One small question, whose answer nobody on the way can have kept: it repeats our number."""

import os
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from agent import http
from agent.clock import server_clock
from agent.tunnel import Way
from checks import line
from checks.answers.network import Failure, ServerClock
from checks.failures import failure_of

PING_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """What one question gave."""

    failure: Failure | None
    took_us: int
    clock: ServerClock


def ping(
    collector: str,
    trust: ssl.SSLContext,
    way: Way,
    *,
    count: int = 1,
    within_s: float = PING_S,
    every_s: float = 0.0,
    ended: Callable[[], bool] = lambda: False,
) -> list[Ping]:
    """Ask the collector so many times over one connection; stops at the first failure, when told, or in time."""
    asked: list[Ping] = []
    deadline = time.monotonic() + within_s
    try:
        with http.client(collector, trust, way.url, timeout_s=within_s) as client:
            while len(asked) < count and not ended() and time.monotonic() < deadline:
                asked.append(_one(client, collector))
                time.sleep(every_s)
                if asked[-1].failure is not None:
                    break
    except (http.HTTPError, OSError, UnicodeError) as error:
        asked.append(failed_ping(failure_of(error)))
    return asked


def _one(client: http.Client, collector: str) -> Ping:
    number = os.urandom(8).hex()
    sent_at, started = time.time(), time.monotonic()
    answer = client.get(collector.rstrip("/") + line.PING_PATH, params={"n": number})
    took_us = round((time.monotonic() - started) * 1_000_000)
    if answer.status_code != 200 or answer.content != line.pong(number):
        return failed_ping("proxy_needs_login" if answer.status_code == 407 else "not_http")
    clock = server_clock(answer.headers.get("date"), sent_at, sent_at + took_us / 1_000_000)
    return Ping(failure=None, took_us=took_us, clock=clock)


def failed_ping(failure: Failure) -> Ping:
    """Write down that no answer came."""
    clock = ServerClock(failure=failure, offset_ms=None, round_trip_ms=None)
    return Ping(failure=failure, took_us=0, clock=clock)
