"""What does a proxy script (PAC) say? It is a stranger's program: it runs in a child process, for a limited time.

`python -m agent.pac` is that child: one JSON object in (`script`, `urls`), one JSON list out, the answer for each URL.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from agent import http
from agent.tunnel import DIRECT, Way
from checks.answers.ways import Script

FETCH_S: Final = 3.0
RUN_S: Final = 3.0
"""How long a script may take to come, and to answer for all addresses; browsers are more patient, an audit is not."""
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
    command = [sys.executable, "run-pac"] if getattr(sys, "frozen", False) else [sys.executable, "-m", "agent.pac"]
    question = json.dumps({"script": script, "urls": list(urls)}).encode()
    try:
        child = subprocess.run(  # noqa: S603 - this program itself
            command, input=question, capture_output=True, timeout=RUN_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise NoAnswer("endless") from None
    except OSError:
        raise NoAnswer("invalid") from None
    try:
        said = json.loads(child.stdout)
        return [parse_ways(str(one)) for one in said]
    except (ValueError, TypeError):
        raise NoAnswer("invalid") from None


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


def main() -> int:
    """Be the child: answer what stands on the standard input; 1 when the script is none."""
    import pacparser

    asked = json.load(sys.stdin)
    try:
        pacparser.init()
        pacparser.parse_pac_string(asked["script"])
        said = [pacparser.find_proxy(url, urlsplit(url).hostname or "") for url in asked["urls"]]
    except Exception:  # noqa: BLE001 - whatever a stranger's script does wrong, it gives no answer
        return 1
    json.dump(said, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
