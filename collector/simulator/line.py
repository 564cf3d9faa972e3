"""How does a simulated workstation speak HTTP, at little cost? One kept connection, one request at a time."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

MOST_BYTES: Final = 4 * 1024 * 1024


class Lost(ConnectionError):
    """The connection failed before a whole answer came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer."""

    status: int
    headers: Mapping[str, str]  # names in small letters
    body: bytes


class Line:
    """A connection to a collector on loopback or in a network of tests; plain HTTP only."""

    def __init__(self, address: str, timeout_s: float = 30) -> None:
        parts = urlsplit(address)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"http://…, pas {address!r}")
        self._host, self._port, self._timeout = parts.hostname, parts.port or 80, timeout_s
        self._pair: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Heard:
        """Send a request and read its answer; raises `Lost`. A lost connection is opened again at the next one."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._ask(method, path, headers, body)
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError) as error:
            await self.close()
            raise Lost(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        """Close the connection."""
        pair, self._pair = self._pair, None
        if pair is not None:
            pair[1].close()
            with contextlib.suppress(OSError):
                await pair[1].wait_closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Heard:
        if self._pair is None:
            self._pair = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._pair
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}:{self._port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        named = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in head[1:]) if n}
        length = int(named.get("content-length", "0"))
        if not 0 <= length <= MOST_BYTES:
            raise ValueError(f"an answer of {length} bytes")
        heard = Heard(status=int(head[0].split()[1]), headers=named, body=await reader.readexactly(length))
        if named.get("connection", "").lower() == "close":
            await self.close()
        return heard
