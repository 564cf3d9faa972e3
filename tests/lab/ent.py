"""What answers in the lab's Internet? Every site of `world`, over TLS and plain HTTP; the collector behind its own.

Run as `python -m tests.lab.ent FOLDER`: certificates are read there.
"""

import asyncio
import base64
import contextlib
import hashlib
import ssl
import struct
import sys
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from pathlib import Path
from typing import Final

from tests.lab.world import KNOWN_TEXT, SITES, Site

BACKEND: Final = ("127.0.0.1", 8080)
_FILLER: Final = "".join(
    f"<p>Cahier de textes, semaine {week} : lecture, calcul, sciences.</p>\n" for week in range(150)
)
PAGE: Final = f"<!doctype html><html lang=fr><title>ENT</title><h1>{KNOWN_TEXT}</h1>{_FILLER}</html>".encode()
CHANGED: Final = f"<!doctype html><html lang=fr><title>ENT</title><h1>Nouvelle page</h1>{_FILLER}</html>".encode()
_CLOSE, _PING = 0x8, 0x9
Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


async def serve(folder: Path) -> None:
    """Open every site, and stay."""
    servers = []
    for site in SITES:
        for address in (site.v4, site.v6):
            if site.kind not in ("closed", "silent"):
                tls = None if site.kind == "cut" else _context(folder, site)
                servers.append(await asyncio.start_server(_answering(site, plain=False), address, 443, ssl=tls))
            if site.kind != "silent":
                servers.append(await asyncio.start_server(_answering(site, plain=True), address, 80))
    (folder / "ent.up").touch()
    await asyncio.gather(*(server.serve_forever() for server in servers))


def _context(folder: Path, site: Site) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if site.kind == "old_tls":
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(folder / f"{site.host}.pem")
    return context


def _answering(site: Site, *, plain: bool) -> Callable[[Reader, Writer], Awaitable[None]]:
    async def answer(reader: Reader, writer: Writer) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.TimeoutError):
            async with asyncio.timeout(40):
                await _conversation(site, plain, reader, writer)
        writer.close()

    return answer


async def _conversation(site: Site, plain: bool, reader: Reader, writer: Writer) -> None:
    if site.kind == "cut" and not plain:
        await reader.read(512)
        writer.transport.abort()
        return
    if site.kind == "collector":
        await _relayed(reader, writer)
        return
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in head.split("\r\n")[1:])}
        if fields.get("upgrade", "").lower() == "websocket" and not plain:
            await _websocket(fields, reader, writer)
            return
        await reader.readexactly(int(fields.get("content-length", 0)))
        status, extra, body = _page(site, plain)
        sent = b"" if head.startswith("HEAD ") else body
        writer.write(_head(status, {**extra, "Content-Length": str(len(body))}) + sent)
        await writer.drain()


def _page(site: Site, plain: bool) -> tuple[str, dict[str, str], bytes]:
    if plain:
        return "301 Moved Permanently", {"Location": f"https://{site.host}/"}, b""
    if site.kind == "error":
        return "503 Service Unavailable", {"Content-Type": "text/html"}, b"<h1>Maintenance</h1>"
    body = CHANGED if site.kind == "changed" else PAGE
    return "200 OK", {"Content-Type": "text/html; charset=utf-8"}, body


def _head(status: str, fields: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Date: {formatdate(usegmt=True)}", *(f"{k}: {v}" for k, v in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def _relayed(reader: Reader, writer: Writer) -> None:
    """Pass bytes between the client and the collector, which listens on loopback as behind nginx."""
    back_reader, back_writer = await asyncio.open_connection(*BACKEND)

    async def copy(source: Reader, sink: Writer) -> None:
        try:
            while data := await source.read(65_536):
                sink.write(data)
                await sink.drain()
        finally:
            sink.close()

    await asyncio.gather(copy(reader, back_writer), copy(back_reader, writer), return_exceptions=True)


async def _websocket(fields: dict[str, str], reader: Reader, writer: Writer) -> None:
    """Shake hands (RFC 6455) and send every frame back."""
    key = fields.get("sec-websocket-key", "") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
    writer.write(
        _head(
            "101 Switching Protocols",
            {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept},
        )
    )
    while True:
        first, second = await reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", await reader.readexactly(2))
        mask = await reader.readexactly(4) if second & 0x80 else bytes(4)
        payload = bytes(b ^ mask[i % 4] for i, b in enumerate(await reader.readexactly(length)))
        size = bytes([length]) if length < 126 else bytes([126]) + struct.pack(">H", length)
        # A ping is answered by a pong; everything else goes back as it came, and a close ends it.
        writer.write(bytes([first + 1 if first & 0x0F == _PING else first]) + size + payload)
        await writer.drain()
        if first & 0x0F == _CLOSE:
            return


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
