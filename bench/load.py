"""How is a server loaded cheaply? By `wrk`, with requests signed beforehand: little of the machine goes to it."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

LUA = Path(__file__).with_name("requests.lua")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run of the load gave."""

    acknowledged: int  # answers with a status under 400
    refused: int  # other answers, and connections lost
    seconds: float
    p50_ms: float
    p99_ms: float
    generator_percent: float  # of one core, used by the generator itself
    server_s: float = 0.0  # processor time of the servers

    @property
    def rate(self) -> float:
        """Acknowledged per second."""
        return self.acknowledged / self.seconds

    @property
    def each_us(self) -> float:
        """Processor time of the servers for each, in microseconds: a busy machine changes it little."""
        return 1e6 * self.server_s / max(1, self.acknowledged)


def raw(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Lay out one HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def write(path: Path, requests: Iterable[bytes]) -> Path:
    """Keep requests for one thread of wrk; returns the path."""
    with path.open("wb") as file:
        for one in requests:
            file.write(b"%08d" % len(one) + one)
    return path


def load(targets: Sequence[tuple[int, Path]], connections: int, seconds: float, *, again: bool = False) -> Run:
    """Send to `(port, requests)` on loopback, `connections` in all, for so many seconds; the sum over the targets.

    `again`: the same requests may be sent over and over; otherwise each goes once, and it ends early when all are sent.
    """
    if shutil.which("wrk") is None:
        raise SystemExit("bench: wrk is missing (Debian: apt install wrk)")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    share, each = connections // len(targets), f"{max(1, round(seconds))}s"
    options = ("-t1", f"-c{share}", f"-d{each}", "--timeout=30s", f"-s{LUA}")
    running = [
        subprocess.Popen(
            ["wrk", *options, f"http://127.0.0.1:{port}/", "--", path, *(["again"] if again else [])],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "LC_ALL": "C"},
        )
        for port, path in targets
    ]
    found = [_read(one.communicate(timeout=seconds + 90)[0]) for one in running]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    longest = max(one[1] for one in found) / 1e6
    return Run(
        acknowledged=sum(one[0] - one[2] for one in found),
        refused=sum(one[2] + one[3] for one in found),
        seconds=longest,
        p50_ms=max(one[4] for one in found) / 1000,
        p99_ms=max(one[5] for one in found) / 1000,
        generator_percent=100 * used / longest,
    )


def _read(said: str) -> list[int]:
    line = next((line for line in said.splitlines() if line.startswith("BENCH ")), None)
    if line is None:
        raise SystemExit(f"bench: wrk said nothing we know:\n{said}")
    return [int(float(word)) for word in line.split()[1:]]
