"""How far is this clock from a server's, as the Date of one answer shows?"""

import ssl
import time
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from agent import http
from agent.tunnel import Way
from checks.answers.network import ServerClock
from checks.failures import failure_of

CLOCK_S: Final = 5.0


def ask_clock(url: str, trust: ssl.SSLContext, way: Way) -> ServerClock:
    """Ask a server for its clock."""
    sent_at = time.time()
    try:
        with http.opened(url, trust, way.url, timeout_s=CLOCK_S) as answer:
            return server_clock(answer.headers.get("date"), sent_at, time.time())
    except (http.HTTPError, OSError, UnicodeError) as error:
        return ServerClock(failure=failure_of(error), offset_ms=None, round_trip_ms=None)


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
