"""Does a web socket open, and carry something? (RFC 6455: an opening, one ping, its pong.)"""

import base64
import hashlib
import os
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from agent.filters import filter_of
from agent.tunnel import Denied, Way, read_head, why
from checks import VERSION
from checks.answers.ways import SocketAnswer, SocketAsked

OPEN_S: Final = 5.0
PONG_S: Final = 3.0
_GUID: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_PING, _PONG = 0x9, 0xA


def ask(asked: SocketAsked, way: Way, trust: ssl.SSLContext, connect: Callable[[], socket.socket]) -> SocketAnswer:
    """Open, ping, close."""
    started = time.monotonic()
    seen: dict[str, Any] = {}
    host = urlsplit(asked.url).hostname or ""
    try:
        with connect() as plain:
            plain.settimeout(OPEN_S)
            with trust.wrap_socket(plain, server_hostname=host) as tls:
                _converse(tls, asked.url, seen)
    except Denied as denied:
        seen |= {"failure": denied.failure, "filter": denied.filter}
    except (OSError, UnicodeError) as error:
        if "status" not in seen:
            seen["failure"] = why(error)
    return answer(asked, time.monotonic() - started, via_proxy=way.kind != "direct", **seen)


def answer(asked: SocketAsked, took_s: float, **seen: Any) -> SocketAnswer:
    """Write an answer down, with nothing where nothing was seen."""
    unseen: dict[str, Any] = {"failure": None, "status": None, "accepted": False, "answered": False}
    unseen |= {"filter": "none", "via_proxy": False}
    return SocketAnswer(service=asked.service, took_ms=round(took_s * 1000), **unseen | seen)


def _converse(tls: ssl.SSLSocket, url: str, seen: dict[str, Any]) -> None:
    parts, key = urlsplit(url), base64.b64encode(os.urandom(16)).decode()
    lines = (
        f"GET {parts.path or '/'} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Origin: https://{parts.netloc}",
        f"User-Agent: Mozilla/5.0 (compatible; preau-agent/{VERSION})",
    )
    tls.sendall("\r\n".join((*lines, "", "")).encode("idna" if not parts.netloc.isascii() else "ascii"))
    status, headers, rest = read_head(tls)
    expected = base64.b64encode(hashlib.sha1(f"{key}{_GUID}".encode(), usedforsecurity=False).digest()).decode()
    seen["status"] = status
    seen["accepted"] = status == 101 and headers.get("sec-websocket-accept") == expected
    if not seen["accepted"]:
        seen["filter"] = filter_of(headers, rest)
        return
    payload = os.urandom(4)
    tls.sendall(_frame(_PING, payload))
    tls.settimeout(PONG_S)
    seen["answered"] = _ponged(tls, rest, payload)


def _frame(opcode: int, payload: bytes) -> bytes:
    """Write a short, last, masked frame."""
    mask = os.urandom(4)
    return bytes((0x80 | opcode, 0x80 | len(payload))) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


def _ponged(tls: ssl.SSLSocket, held: bytes, payload: bytes) -> bool:
    """Read frames until the pong of this payload; False when the other side closes, or says too much else."""
    raw, deadline = bytearray(held), time.monotonic() + PONG_S
    while len(raw) < 65_536 and time.monotonic() < deadline:
        while (frame := _take(raw)) is not None:
            opcode, said = frame
            if opcode == _PONG and said == payload:
                return True
        part = tls.recv(4096)
        if not part:
            return False
        raw += part
    return False


def _take(raw: bytearray) -> tuple[int, bytes] | None:
    """Take one whole unmasked frame from the front of what came; None when there is none yet."""
    if len(raw) < 2:
        return None
    length, start = raw[1] & 0x7F, 2
    if length == 126:
        length, start = int.from_bytes(raw[2:4], "big"), 4
    elif length == 127:
        length, start = int.from_bytes(raw[2:10], "big"), 10
    if len(raw) < start + length:
        return None
    frame = raw[0] & 0x0F, bytes(raw[start : start + length])
    del raw[: start + length]
    return frame
