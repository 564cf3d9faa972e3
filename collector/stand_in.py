"""What does the demonstration audit? A small stand-in ENT over HTTPS on loopback, with a CA made for the occasion."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from collector.rendering import static

PAGE: Final = """<!doctype html>
<html lang="fr"><meta charset="utf-8"><title>ENT de démonstration</title>
<h1>Bienvenue dans l'ENT de démonstration</h1>
<p>Cette page tient lieu d'ENT pendant `preau-collector demo`. Elle n'est servie qu'à cette machine.</p>
""".encode()


class _Ent(BaseHTTPRequestHandler):
    """Answers its page and its picture to everybody."""

    timeout = 10

    def do_GET(self) -> None:
        """Send the page, or its picture."""
        picture = self.path.partition("?")[0] == "/logo.svg"
        kind, body = ("image/svg+xml", static("preau.svg")) if picture else ("text/html; charset=utf-8", PAGE)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name http.server gives it
        """Say nothing: the demonstration has its own screen."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that was cut: probes do that."""


@contextmanager
def stand_in_ent(ca_file: Path, port: int) -> Iterator[int]:
    """Serve the stand-in on 127.0.0.1; yields its port (another when `port` is taken), writes its CA to `ca_file`."""
    import trustme  # only the extra `demo` carries it

    ca = trustme.CA(organization_name="Préau, démonstration")
    ca.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    try:
        server = _Server(("127.0.0.1", port), _Ent)
    except OSError:
        server = _Server(("127.0.0.1", 0), _Ent)
    # The handshake belongs to the thread of its connection: one that stalls must not hold up the others.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, name="stand-in", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
