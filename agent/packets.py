"""Do large packets pass on the way to a service? The same exchange twice: as usual, then in small packets only."""

import socket
import ssl
import time
from collections.abc import Callable
from typing import Final

from agent.tunnel import NoProxy, Way, why
from checks.answers.network import Endpoint, Failure
from checks.answers.ways import PacketSize

EXCHANGE_S: Final = 4.0
"""How long the exchange may take once connected, each time."""
SMALL_BYTES: Final = 536
"""Segments that make packets of 576 bytes with IPv4: what every network must carry (RFC 879)."""
_PADDING: Final = "0" * 3000
"""Makes the question larger than one packet; servers accept heads of 8 kB."""
_ENOUGH_BYTES: Final = 8_192

Open = Callable[[int | None], socket.socket]
"""Connects, with segments of at most so many bytes."""


def measure(end: Endpoint, way: Way, trust: ssl.SSLContext, connect: Open) -> PacketSize:
    """Exchange more than a packet both ways; when that stalls, again with small packets."""
    ordinary = _exchange(end, trust, connect, None)
    small: Failure | None = None
    asked = ordinary == "timeout"
    if asked:
        small = _exchange(end, trust, connect, SMALL_BYTES)
    return size(end, way, ordinary, small, small_asked=asked)


def size(end: Endpoint, way: Way, ordinary: Failure | None, small: Failure | None, *, small_asked: bool) -> PacketSize:
    """Write an answer down."""
    return PacketSize(
        host=end.host,
        port=end.port,
        via_proxy=way.kind != "direct",
        ordinary=ordinary,
        small=small,
        small_asked=small_asked,
    )


def _exchange(end: Endpoint, trust: ssl.SSLContext, connect: Open, segment_bytes: int | None) -> Failure | None:
    """Ask for a page with a long question and read the start of the answer; None when it all passed."""
    try:
        plain = connect(segment_bytes)
    except (OSError, UnicodeError) as error:
        failure = why(error)
        # A connection that cannot even be made says nothing about sizes.
        return "unreachable" if failure == "timeout" and not isinstance(error, NoProxy) else failure
    deadline = time.monotonic() + EXCHANGE_S
    host = end.host if end.port == 443 else f"{end.host}:{end.port}"
    question = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nX-Preau-Padding: {_PADDING}\r\n\r\n"
    try:
        with plain:
            plain.settimeout(EXCHANGE_S)
            with trust.wrap_socket(plain, server_hostname=end.host) as tls:
                tls.settimeout(max(deadline - time.monotonic(), 0.1))
                tls.sendall(question.encode("ascii", errors="ignore"))
                read = 0
                while read < _ENOUGH_BYTES and (part := tls.recv(16_384)):
                    read += len(part)
                    tls.settimeout(max(deadline - time.monotonic(), 0.1))
    except (OSError, UnicodeError) as error:
        return why(error)
    return None if read else "reset"
