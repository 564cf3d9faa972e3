"""What does a proxy script (PAC) say? It is a stranger's program: it runs in a child process, for a limited time.

`agent.pac_child` is that child.
"""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from agent import http
from agent.pac_child import READY
from agent.tunnel import DIRECT, Way
from checks.answers.ways import Script

FETCH_S: Final = 3.0
START_S: Final = 5.0
RUN_S: Final = 3.0
"""How long a script may take to come, its child to start, and the script to answer; browsers are more patient."""
MAX_SCRIPT_BYTES: Final = 1024 * 1024
_KINDS: Final = {
    "PROXY": "http",
    "HTTP": "http",
    "HTTPS": "https",
    "SOCKS": "socks",
    "SOCKS4": "socks",
    "SOCKS5": "socks",
}
_PORTS: Final = {"http": 80, "https": 443, "socks": 1080}


class NoAnswer(Exception):
    """A script that is not there or gives no answer; `script` says how."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.script: Script = script


def fetch(url: str) -> str:
    """Return the text of a script, asked for without any proxy; raises `NoAnswer`."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise NoAnswer("unreachable")  # file:// and the like: browsers refuse them too
    try:
        status, body = http.fetched_directly(url, timeout_s=FETCH_S, max_bytes=MAX_SCRIPT_BYTES)
    except (http.HTTPError, OSError, UnicodeError):
        raise NoAnswer("unreachable") from None
    if status != 200:
        raise NoAnswer("unreachable")
    return body.decode("utf-8", errors="replace")


def ask(script: str, urls: Sequence[str]) -> list[tuple[Way, ...]]:
    """Return the ways a script gives for each address, in its order of preference; raises `NoAnswer`."""
    command = (
        [sys.executable, "run-pac"] if getattr(sys, "frozen", False) else [sys.executable, "-m", "agent.pac_child"]
    )
    question = json.dumps({"script": script, "urls": list(urls)}).encode()
    try:
        child = subprocess.Popen(  # noqa: S603 - this program itself
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        raise NoAnswer("invalid") from None
    answer = _answer(child, question)
    try:
        said = json.loads(answer)
        return [parse_ways(str(one)) for one in said]
    except (ValueError, TypeError):
        raise NoAnswer("invalid") from None


def _answer(child: "subprocess.Popen[bytes]", question: bytes) -> bytes:
    """Return what the child answers; raises `NoAnswer`. Only the script's own time counts, not a slow start."""
    assert child.stdin is not None
    assert child.stdout is not None
    stdin, stdout = child.stdin, child.stdout
    said: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:
        with stdout:
            said.put(stdout.read(len(READY)))
            said.put(stdout.read())

    threading.Thread(target=read, daemon=True).start()
    try:
        ready = said.get(timeout=START_S)
        stdin.write(question)
        stdin.close()
        return said.get(timeout=RUN_S) if ready == READY else b""
    except queue.Empty:
        raise NoAnswer("endless") from None
    except OSError:
        return b""
    finally:
        child.kill()
        child.wait()
        with suppress(OSError):
            stdin.close()


def parse_ways(said: str) -> tuple[Way, ...]:
    """Read what FindProxyForURL returned: "PROXY a:3128; DIRECT". What cannot be read is left out; empty is direct."""
    ways = []
    for part in said.split(";"):
        kind, _, where = part.strip().partition(" ")
        if kind.upper() == "DIRECT":
            ways.append(DIRECT)
        elif kind.upper() in _KINDS:
            way = parse_server(where.strip(), _KINDS[kind.upper()])
            if way is not None:
                ways.append(way)
    return tuple(ways) or (DIRECT,)


def parse_server(text: str, kind: str = "http") -> Way | None:
    """Read a proxy's address as settings write it: "proxy:3128", "http://user:pw@proxy:3128"; None if it is none."""
    try:
        parts = urlsplit(text if "://" in text else f"{kind}://{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host:
        return None
    scheme = "socks" if parts.scheme.startswith("socks") else parts.scheme
    if scheme not in _PORTS:
        return None
    credentials = parts.netloc.rpartition("@")[0]
    made: dict[str, Way] = {
        "http": Way(kind="http", host=host, port=port or 80, credentials=credentials),
        "https": Way(kind="https", host=host, port=port or 443, credentials=credentials),
        "socks": Way(kind="socks", host=host, port=port or 1080, credentials=credentials),
    }
    return made[scheme]
