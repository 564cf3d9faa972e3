"""What does the box itself serve? Portals, block pages, proxy scripts: fixed answers, in clear or over TLS.

Run as `python -m tests.lab.web FILE`: JSON `[{"port": 8888, "pem": "", "status": 200, "headers": {}, "body": "",
"only": {"/wpad.dat": "…"}}, …]`; `only` answers those paths, and 404 elsewhere.
"""

import json
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def serve(spec: dict[str, Any]) -> ThreadingHTTPServer:
    """Answer on one port until the process ends."""

    class Answers(BaseHTTPRequestHandler):
        timeout = 10
        server_version, sys_version = "lab", ""

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            only = spec.get("only")
            known = only is None or path in only
            body = (only[path] if only is not None and known else spec.get("body", "")).encode() if known else b"?"
            self.send_response(spec.get("status", 200) if known else 404)
            for name, value in spec.get("headers", {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_GET  # noqa: N815 - the names http.server looks for

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: Any) -> None:
            pass

    server = Server(("0.0.0.0", spec["port"]), Answers)
    if spec.get("pem"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(spec["pem"])
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


if __name__ == "__main__":
    servers = [serve(spec) for spec in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))]
    threads = [threading.Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
