"""How does the agent connect? As browsers do: an address that does not answer holds up none of the others."""

import errno
import os
import selectors
import socket
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

_HEAD_START_S: Final = 0.25
"""How long one address is waited for before the next is tried as well (RFC 8305, section 8)."""
_MAX_ADDRESSES: Final = 6


@dataclass(slots=True, kw_only=True)
class Tried:
    """What a connection went through, filled in as it goes."""

    addresses_count: int = 0
    begun_count: int = 0


def dial(
    host: str,
    port: int,
    *,
    within_s: float,
    family: int = socket.AF_UNSPEC,
    addresses: Iterable[str] = (),
    segment_bytes: int | None = None,
    tried: Tried | None = None,
) -> socket.socket:
    """Return a TCP connection to the first address that answers, blocking, without timeout.

    `family` keeps to one of IPv4 and IPv6; `addresses` are taken in place of the name's own; `segment_bytes` is the
    largest segment to send and to accept. Raises TimeoutError when none answered in time, else what the first address
    answered; UnicodeError for an odd name. `getaddrinfo` comes first and is not bounded: see `agent.side_by_side`.
    """
    names = list(addresses) or [host]
    found = [row for name in names for row in socket.getaddrinfo(name, port, family, socket.SOCK_STREAM)]
    left, tried = _in_turn(found), tried or Tried()
    tried.addresses_count = len(left)
    deadline, next_at = time.monotonic() + within_s, 0.0
    errors: list[OSError] = []
    with ExitStack() as opened, selectors.DefaultSelector() as waiting:
        while left or waiting.get_map():
            now = time.monotonic()
            if now >= deadline:
                raise TimeoutError(f"{host}:{port} did not answer in {within_s} s")
            if left and (now >= next_at or not waiting.get_map()):
                _begin(left.pop(0), opened, waiting, errors, segment_bytes)
                tried.begun_count += 1
                next_at = now + _HEAD_START_S
                continue
            for key, _ in waiting.select((min(next_at, deadline) if left else deadline) - now):
                connection: Any = key.fileobj
                waiting.unregister(connection)
                code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if code == 0:
                    return _kept(connection)
                errors.append(OSError(code, os.strerror(code)))
    raise errors[0] if errors else OSError(f"{host} has no address")


def _in_turn(found: list[Any]) -> list[Any]:
    """Take one address of each family in turn, the system's favourite family first."""
    families = list(dict.fromkeys(address[0] for address in found))
    rows = [[address for address in found if address[0] == family] for family in families]
    turns = [row[n] for n in range(max(map(len, rows), default=0)) for row in rows if n < len(row)]
    return turns[:_MAX_ADDRESSES]


def _begin(
    address: Any,
    opened: ExitStack,
    waiting: selectors.BaseSelector,
    errors: list[OSError],
    segment_bytes: int | None,
) -> None:
    family, kind, protocol, _, where = address
    try:
        connection = opened.enter_context(socket.socket(family, kind, protocol))
        if segment_bytes is not None:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment_bytes)
    except OSError as error:  # a family this system does not speak, a size it does not let us set
        errors.append(error)
        return
    connection.setblocking(False)
    code = connection.connect_ex(where)
    if code in (0, errno.EINPROGRESS, errno.EWOULDBLOCK):
        waiting.register(connection, selectors.EVENT_WRITE)
    else:
        errors.append(OSError(code, os.strerror(code)))


def _kept(connection: socket.socket) -> socket.socket:
    """Save a connection from being closed with the others."""
    kept = connection.dup()
    kept.setblocking(True)
    return kept
