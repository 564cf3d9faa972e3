"""What sits between? A box that takes connections in as they pass, and treats each by the server name it shows.

What squid does not do, other makers' boxes do: drop in silence, send an alert, cut long answers, take upgrades away,
answer in the service's place with a page of their own. Run as `python -m tests.lab.middle FILE`: JSON
`{"port": 9443, "ca": [certificate, key], "rules": {host: {"do": "reset", …}}, "otherwise": {"do": "splice"}}`.
Its certificates are out of date with `"expired": true`, and it speaks TLS 1.1 at most with `"oldest": true`.
"""

import json
import re
import socket
import ssl
import struct
import sys
import tempfile
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import trustme

_SO_ORIGINAL_DST: Final = 80
_HANDSHAKE_FAILURE: Final = bytes([21, 3, 3, 0, 2, 2, 40])
_HELD_S: Final = 40
_LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
Rule = dict[str, Any]


class Middle:
    """The box: its rules and the certificates it has made."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._rules: dict[str, Rule] = spec["rules"]
        self._otherwise: Rule = spec["otherwise"]
        self._expired = spec.get("expired", False)
        self._oldest = spec.get("oldest", False)
        self._ca = trustme.CA.from_pem(*(Path(p).read_bytes() for p in spec["ca"])) if spec.get("ca") else None
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._making = threading.Lock()

    def treat(self, client: socket.socket) -> None:
        """Treat one connection to its end."""
        with client, suppress(OSError):
            client.settimeout(_HELD_S)
            raw = client.getsockopt(socket.SOL_IP, _SO_ORIGINAL_DST, 16)
            port, address = struct.unpack("!2xH4s8x", raw)
            where = (socket.inet_ntoa(address), port)
            name = server_name(client)
            rule = self._rules.get(name, self._otherwise)
            getattr(self, f"_{rule['do']}")(client, where, name, rule)

    def _splice(self, client: socket.socket, where: tuple[str, int], name: str, rule: Rule) -> None:
        with socket.create_connection(where, 6) as server:
            _relay(client, server, rule)

    def _reset(self, client: socket.socket, where: tuple[str, int], name: str, rule: Rule) -> None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _close(self, client: socket.socket, where: tuple[str, int], name: str, rule: Rule) -> None:
        client.recv(65_536)

    def _drop(self, client: socket.socket, where: tuple[str, int], name: str, rule: Rule) -> None:
        time.sleep(_HELD_S)

    def _alert(self, client: socket.socket, where: tuple[str, int], name: str, rule: Rule) -> None:
        client.recv(65_536)
        client.sendall(_HANDSHAKE_FAILURE)

    def _page(self, client: socket.socket, where: tuple[str, int], name: str, rule: Rule) -> None:
        with self._context(name).wrap_socket(client, server_side=True) as inside:
            _head_of(inside)
            body = rule["body"].encode()
            fields = {**rule.get("headers", {}), "Content-Length": str(len(body)), "Connection": "close"}
            lines = [f"HTTP/1.1 {rule.get('status', '200 OK')}", *(f"{k}: {v}" for k, v in fields.items()), "", ""]
            inside.sendall("\r\n".join(lines).encode() + body)

    def _decrypt(self, client: socket.socket, where: tuple[str, int], name: str, rule: Rule) -> None:
        """Look inside, and pass on: without upgrades when told, and with `Connection: close`."""
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        with (
            self._context(name).wrap_socket(client, server_side=True) as inside,
            socket.create_connection(where, 6) as plain,
            trust.wrap_socket(plain, server_hostname=name) as server,
        ):
            head, rest = _head_of(inside)
            if rule.get("cut_upgrade") and re.search(r"(?im)^Upgrade:", head):
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            if rule.get("no_upgrade"):
                head = re.sub(r"(?im)^(Upgrade|Connection|Sec-WebSocket-[A-Za-z]+):.*\r\n", "", head)
                head = head.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)
            if rule.get("no_encoding"):
                head = re.sub(r"(?im)^Accept-Encoding:.*\r\n", "", head)
            server.sendall(head.encode("latin-1") + rest)
            _relay(inside, server, rule)

    def _context(self, name: str) -> ssl.SSLContext:
        with self._making:
            if name not in self._contexts:
                assert self._ca is not None
                until = datetime.now(UTC) - timedelta(days=1) if self._expired else None
                made = self._ca.issue_cert(name or "nobody.test", not_before=_LONG_AGO, not_after=until)
                context = self._contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                made.configure_cert(context)
                if self._oldest:
                    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
                    context.set_ciphers("ALL:@SECLEVEL=0")
            return self._contexts[name]


def server_name(client: socket.socket) -> str:
    """Return the server name that a ClientHello shows, without taking it off the wire; "" when it shows none."""
    end, hello = time.monotonic() + 3, b""
    while time.monotonic() < end:
        hello = client.recv(16_384, socket.MSG_PEEK)
        if not hello or hello[:1] != b"\x16" or (len(hello) >= 5 and len(hello) >= 5 + int.from_bytes(hello[3:5])):
            break
        time.sleep(0.01)
    # The extension: type 0, its length, the list's length, kind 0, the name's length, the name.
    found = re.search(rb"\x00\x00..(?:..)\x00(..)([a-z0-9.-]+)", hello[43:], re.DOTALL)
    return found[2][: int.from_bytes(found[1])].decode() if found else ""


def _head_of(inside: ssl.SSLSocket) -> tuple[str, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        part = inside.recv(65_536)
        if not part:
            raise OSError("no request")
        data += part
    head, _, rest = data.partition(b"\r\n\r\n")
    return head.decode("latin-1") + "\r\n\r\n", rest


def _relay(client: socket.socket, server: socket.socket, rule: Rule) -> None:
    """Carry both ways; `most` bytes of an answer at most, then silence or (`cut`) a reset; at `kbps` at most."""

    def up() -> None:
        with suppress(OSError):
            while data := client.recv(65_536):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    threading.Thread(target=up, daemon=True).start()
    left = rule.get("most", 1 << 60)
    while data := server.recv(16_384):
        client.sendall(data[:left])
        left -= len(data)
        if left <= 0:
            if rule.get("cut"):
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            time.sleep(_HELD_S)
        if rule.get("kbps"):
            time.sleep(len(data) * 8 / (rule["kbps"] * 1000))
    with suppress(OSError):
        client.shutdown(socket.SHUT_WR)


def main(path: str) -> None:
    """Take connections in until killed."""
    spec = json.loads(Path(path).read_text(encoding="utf-8"))
    box = Middle(spec)
    with socket.create_server(("0.0.0.0", spec["port"]), backlog=64) as listening:
        while True:
            client, _ = listening.accept()
            threading.Thread(target=box.treat, args=(client,), daemon=True).start()


if __name__ == "__main__":
    tempfile.tempdir = str(Path(sys.argv[1]).parent)
    main(sys.argv[1])
