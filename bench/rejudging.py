"""What does it cost to judge a stored nation by another profile, and who reads it meanwhile waits how long?"""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path

from bench.ground import Ground
from bench.table import Figure, Table, number

ESTIMATE_S = 5
"""Within how long the estimate of `profile diff` counts as told at once."""
READS_PER_S = 20
"""Of somebody who reads the nation while it is judged again."""
MOST_TIMES_THE_BAR = 10
"""A command that takes longer than so many times what it may is given up."""


def judge_again(ground: Ground, url: str, pcs: int, port: int, as_reader: Mapping[str, str], table: Table) -> None:
    """Ask for a second version of the profile and publish it over stored facts, by the command, while somebody reads.

    `port`: where a collector over the same database listens; `as_reader`: the headers of who may read the nation.
    """
    version = re.sub(r'(?m)^version = ".*"', 'version = "2"', ground.toml, count=1)
    path = ground.folder / "second.toml"
    path.write_text(version, encoding="utf-8")
    most_s = max(6.0, 60 * pcs / 1_000_000)
    reading = _Reader(port, as_reader)
    time.sleep(3)
    alone = reading.stop()
    for words, what in ((("diff",), "profile diff"), (("publish", "--yes"), "judged again (profile publish)")):
        reading = _Reader(port, as_reader)
        spent, estimated = _command(ground, url, words, path, MOST_TIMES_THE_BAR * most_s)
        meanwhile = reading.stop()
        if spent >= MOST_TIMES_THE_BAR * most_s:
            table.notes.append(f"{what}: given up after {spent:.0f} s ({ground.engine})")
        took = Figure(
            name=f"{what}, {number(pcs)} workstations, {ground.engine}",
            measured=f"{number(spent)} s",
            baseline=f"{number(pcs / spent, '/s')}",
            bar=f"<= {number(most_s)} s (60 s a million)",
            holds=spent <= most_s,
        )
        for figure in (took, *_estimate(estimated), _waited(meanwhile, alone)):
            table.add(figure)


def _estimate(seconds: float | None) -> Iterator[Figure]:
    if seconds is not None:
        yield Figure(
            name="  its estimate, from a sample",
            measured=f"{number(seconds)} s",
            bar=f"<= {ESTIMATE_S} s",
            holds=seconds <= ESTIMATE_S,
        )


def _waited(meanwhile_ms: float, alone_ms: float) -> Figure:
    return Figure(
        name=f"  somebody who reads the nation meanwhile, {READS_PER_S}/s",
        measured=f"p99 {number(meanwhile_ms)} ms",
        baseline=f"p99 {number(alone_ms)} ms alone",
        ratio=meanwhile_ms / max(0.01, alone_ms),
        bar="p99 <= 20 ms",
        holds=meanwhile_ms <= 20,
    )


class _Reader:
    """Reads the nation at a steady pace over one connection, until stopped; then tells the 99th percentile in ms."""

    def __init__(self, port: int, as_reader: Mapping[str, str]) -> None:
        self._stop, self._times, self._refused = threading.Event(), list[float](), 0
        self._thread = threading.Thread(target=self._run, args=(port, dict(as_reader)), daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Stop, and tell; a reading that was refused, or none, ends the bench."""
        self._stop.set()
        self._thread.join(60)
        if self._refused or not self._times:
            raise SystemExit(f"bench: the nation could not be read ({self._refused or 'no answer'})")
        return sorted(self._times)[int(len(self._times) * 0.99)]

    def _run(self, port: int, as_reader: dict[str, str]) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        while not self._stop.wait(1 / READS_PER_S):
            began = time.monotonic()
            connection.request("GET", "/api/v1/readiness?territory=nation", headers=as_reader)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                self._refused = answer.status
                return
            self._times.append((time.monotonic() - began) * 1000)


def _command(ground: Ground, url: str, words: Sequence[str], path: Path, most_s: float) -> tuple[float, float | None]:
    """Run `preau-collector profile …`; returns the seconds it took (at most `most_s`), and those to its estimate."""
    command = [sys.executable, "-m", "collector", "profile", words[0], str(path), *words[1:]]
    began, estimated, said = time.monotonic(), None, ""
    environment = {**os.environ, **ground.environment(url)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, bufsize=1
    ) as running:
        too_long = threading.Timer(most_s, running.kill)
        too_long.start()
        assert running.stderr is not None
        for line in running.stderr:
            said = f"{said}{line}"[-1500:]
            if line.startswith("Estimation") and estimated is None:
                estimated = time.monotonic() - began
        code = running.wait()
        too_long.cancel()
    spent = time.monotonic() - began
    if code and spent < most_s:
        raise SystemExit(f"bench: {' '.join(command)}: {said}")
    return spent, estimated
