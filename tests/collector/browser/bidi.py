"""Firefox, spoken to by WebDriver BiDi: the few commands that a test of pages needs."""

import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Request, TextMessage

PREFERENCES = """
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("toolkit.telemetry.enabled", false);
"""


class Firefox:
    """One page of a headless Firefox."""

    def __init__(self, port: int) -> None:
        self._socket = create_connection(("127.0.0.1", port), timeout=60)
        self._ws = WSConnection(ConnectionType.CLIENT)
        self._socket.sendall(self._ws.send(Request(host=f"127.0.0.1:{port}", target="/session")))
        assert isinstance(self._next(), AcceptConnection)
        self._number = 0
        self.ask("session.new", {"capabilities": {}})
        self.context = self.ask("browsingContext.getTree", {})["contexts"][0]["context"]

    def go(self, address: str) -> None:
        """Open a page, and wait for all of it."""
        self.ask("browsingContext.navigate", {"context": self.context, "url": address, "wait": "complete"})

    def resize(self, width: int, height: int) -> None:
        """Give the page this size, in pixels."""
        size = {"width": width, "height": height}
        self.ask("browsingContext.setViewport", {"context": self.context, "viewport": size})

    def evaluate(self, expression: str) -> Any:
        """Return, as JSON, what an expression (or its promise) gives in the page."""
        answer = self.ask(
            "script.evaluate",
            {
                "expression": f"Promise.resolve({expression}).then(value => JSON.stringify(value))",
                "target": {"context": self.context},
                "awaitPromise": True,
            },
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"].get("value", "null"))

    def run(self, program: str) -> None:
        """Run a program in the page."""
        asked = {"expression": program, "target": {"context": self.context}, "awaitPromise": False}
        assert self.ask("script.evaluate", asked)["type"] == "success"

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Give a command, and return its result."""
        self._number += 1
        asked = json.dumps({"id": self._number, "method": method, "params": params})
        self._socket.sendall(self._ws.send(TextMessage(data=asked)))
        while True:
            said = json.loads(self._text())
            if said.get("id") == self._number:
                assert said["type"] == "success", said
                return dict(said["result"])

    def _text(self) -> str:
        whole = ""
        while True:
            event = self._next()
            assert isinstance(event, TextMessage), event
            whole += event.data
            if event.message_finished:
                return whole

    def _next(self) -> Any:
        while True:
            for event in self._ws.events():
                assert not isinstance(event, CloseConnection)
                return event
            received = self._socket.recv(65_536)
            assert received, "Firefox hung up"
            self._ws.receive_data(received)


@contextmanager
def firefox() -> Iterator[Firefox]:
    """Start a Firefox with a profile of its own, until the block ends."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    assert program is not None
    with tempfile.TemporaryDirectory(prefix="preau-firefox-", ignore_cleanup_errors=True) as profile:
        (Path(profile) / "user.js").write_text(PREFERENCES, encoding="utf-8")
        command = [program, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"]
        said = Path(profile) / "said"
        with said.open("w", encoding="utf-8") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            yield Firefox(_port(said, process))
        finally:
            process.terminate()
            process.wait(timeout=30)


def _port(said: Path, process: subprocess.Popen[bytes]) -> int:
    until = time.monotonic() + 90
    while time.monotonic() < until and process.poll() is None:
        found = re.search(r"WebDriver BiDi listening on ws://127\.0\.0\.1:(\d+)", said.read_text(encoding="utf-8"))
        if found:
            return int(found[1])
        time.sleep(0.1)
    raise AssertionError(said.read_text(encoding="utf-8")[-500:])
