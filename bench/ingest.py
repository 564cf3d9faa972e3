"""How many reports a second are acknowledged, the whole path, beside what?

Every request is a new report of another workstation, signed beforehand. In each round the bare floor, the plain
endpoint, the path without its commit, the path without its memory, the path itself (first reports of workstations just
enrolled) and the next day's reports of the same ones run one after the other, so that a noisy moment falls on all; what
is shown is the median.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import psutil

from bench.ground import SEED, Ground, Scale, small_nation
from bench.load import Run, load, raw, write
from bench.servers import COLLECTOR, free_port, served, uvicorn
from bench.table import Figure, Table, number
from checks.wire import REPORTS_PATH
from collector.simulator.fleet import Pc, Sender, pcs_of
from collector.wire import inflate

JSON = {"Content-Type": "application/json"}
PLAIN_BODIES = 2_000
"""What is sent uncompressed is 13 kB each, and may be sent again: nothing tells one from another there."""
FIRST = 1_500
"""Requests sent before anything is measured (a quarter of all at most): a server just started lays everything out."""


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests of one contestant, one file per process: those it starts with, and those that are measured."""

    first: Sequence[Path]
    then: Sequence[Path]


@dataclass(frozen=True, slots=True)
class Contestant:
    """One server to load: how it is started, and with which requests."""

    name: str
    processes: int
    start: Callable[[int], tuple[tuple[str, ...], dict[str, str]]]  # port -> command, environment
    requests: Callable[[], Requests]  # made anew each time
    again: bool = False  # the same request may come twice


def measure(ground: Ground, scale: Scale, table: Table) -> None:
    """Run the rounds on one engine and add its figures."""
    processes = 1 if ground.engine == "sqlite" else 2
    wanted = int(scale.most_per_second * (scale.seconds + 1))
    signed = _Signed(ground, list(islice(pcs_of(SEED, small_nation(wanted)), wanted)), processes)
    runs: dict[str, list[Run]] = {}
    for _ in range(scale.rounds):
        url, _fleet = ground.enrolled("ingest", small_nation(wanted), wanted)
        for one in _contestants(ground, url, signed, processes):
            found = _run(one, one.requests(), scale, ground.folder / f"{one.name}.log")
            runs.setdefault(one.name, []).append(found)
    _figures(ground.engine, processes, {name: _middle(found) for name, found in runs.items()}, table)


def _contestants(ground: Ground, url: str, signed: "_Signed", processes: int) -> list[Contestant]:
    """Lay out what is compared, the thing itself last."""
    plain = ground.database("plain").replace("postgresql://", "postgresql+psycopg://")

    def collector(port: int, **more: str) -> tuple[tuple[str, ...], dict[str, str]]:
        return (*COLLECTOR, "--port", str(port)), ground.environment(url) | more

    return [
        Contestant("bare", 1, lambda port: (uvicorn("bench.bare:app", port), {}), lambda: signed.bodies(1), again=True),
        Contestant(
            "plain",
            processes,
            lambda port: (uvicorn("bench.plain:app", port), {"BENCH_DATABASE_URL": plain}),
            lambda: signed.bodies(processes),
            again=True,
        ),
        Contestant(
            "without commit",
            processes,
            lambda port: collector(port, BENCH_WITHOUT_COMMIT="1"),
            lambda: signed.reports(signed.ours),
        ),
        Contestant(
            "nothing recalled",
            processes,
            lambda port: collector(port, BENCH_NOTHING_RECALLED="1"),
            lambda: signed.reports(signed.others),
        ),
        Contestant("collector", processes, collector, lambda: signed.reports(signed.ours)),
        Contestant("the next day", processes, collector, lambda: signed.reports(signed.ours, day=1)),
    ]


class _Signed:
    """Requests made beforehand, in files."""

    def __init__(self, ground: Ground, fleet: Sequence[Pc], processes: int) -> None:
        self.folder, self.processes = ground.folder, processes
        self.senders = [Sender(pc, ground.kinds) for pc in fleet]
        half = len(self.senders) // 2
        self.ours, self.others = self.senders[:half], self.senders[half:]
        self._plain: dict[int, list[Path]] = {}

    def reports(self, senders: Sequence[Sender], day: int = 0) -> Requests:
        """Sign the next report of workstations, as they find themselves on a day."""
        first = min(FIRST, len(senders) // 4)
        return Requests(self._files("first", senders[:first], day), self._files("reports", senders[first:], day))

    def _files(self, name: str, senders: Sequence[Sender], day: int) -> list[Path]:
        return [
            write(self.folder / f"{name}-{part}", self._reports(senders[part :: self.processes], day))
            for part in range(self.processes)
        ]

    def _reports(self, senders: Sequence[Sender], day: int) -> Iterator[bytes]:
        for sender in senders:
            body = sender.body(day)
            yield raw("POST", REPORTS_PATH, sender.report(body), body)

    def bodies(self, parts: int) -> Requests:
        """Lay out the same reports as a plain endpoint takes them: JSON, not compressed, not signed."""
        if parts not in self._plain:
            now = int(time.time())
            self._plain[parts] = [
                write(
                    self.folder / f"plain-{parts}-{part}",
                    (
                        raw("POST", REPORTS_PATH, JSON, inflate(s.body(now=now)))
                        for s in self.senders[part:PLAIN_BODIES:parts]
                    ),
                )
                for part in range(parts)
            ]
        return Requests(self._plain[parts], self._plain[parts])


def _run(one: Contestant, requests: Requests, scale: Scale, log: Path) -> Run:
    ports, servers = [free_port() for _ in range(one.processes)], []
    with ExitStack() as up:
        for port in ports:
            command, environment = one.start(port)
            servers.append(psutil.Process(up.enter_context(served(command, port, environment, log))))
        load(list(zip(ports, requests.first, strict=True)), scale.connections, scale.seconds)
        before = _spent(servers)
        measured = list(zip(ports, requests.then, strict=True))
        found = load(measured, scale.connections, scale.seconds, again=one.again)
        found = replace(found, server_s=_spent(servers) - before)
    if found.refused > found.acknowledged // 100:
        said = log.read_text(errors="replace")[-1500:]
        raise SystemExit(f"bench: {one.name} refused {found.refused} of {found.acknowledged + found.refused}:\n{said}")
    return found


def _spent(servers: Sequence[psutil.Process]) -> float:
    """Return the processor time these processes have used."""
    return sum(times.user + times.system for times in (server.cpu_times() for server in servers))


def _middle(runs: Sequence[Run]) -> Run:
    """Return the round whose rate is the middle one, with the middle p50 and p99 of all."""
    of_rate = sorted(runs, key=lambda run: run.rate)[(len(runs) - 1) // 2]
    return Run(
        acknowledged=of_rate.acknowledged,
        refused=sum(run.refused for run in runs),
        seconds=of_rate.seconds,
        p50_ms=statistics.median(run.p50_ms for run in runs),
        p99_ms=statistics.median(run.p99_ms for run in runs),
        generator_percent=of_rate.generator_percent,
        server_s=of_rate.server_s,
    )


def _figures(engine: str, processes: int, found: dict[str, Run], table: Table) -> None:
    ours, plain, rolled, bare = (found[name] for name in ("collector", "plain", "without commit", "bare"))
    again, strange = found["the next day"], found["nothing recalled"]
    said, least = f"{engine}, {processes} process{'es' if processes > 1 else ''}", 5_000 if processes == 1 else 6_000
    rate, times = number(ours.rate, "/s"), f"p50 {number(ours.p50_ms)} p99 {number(ours.p99_ms)} ms"
    for figure in (
        Figure(
            name=f"reports acknowledged, {said}",
            measured=rate,
            bar=f">= {least}/s (aim 8 000)",
            holds=ours.rate >= least,
        ),
        Figure(
            name="  their latency, 64 connections", measured=times, bar="p99 <= 50 ms (aim 20)", holds=ours.p99_ms <= 50
        ),
        Figure(
            name="  beside plain FastAPI + SQLModel",
            measured=rate,
            baseline=f"{number(plain.rate, '/s')}, p99 {number(plain.p99_ms)} ms",
            ratio=_ratio(ours.rate, plain.rate),
            bar=">= x 5",
            holds=ours.rate >= 5 * plain.rate,
        ),
        Figure(
            name="  beside the same without commit",
            measured=rate,
            baseline=number(rolled.rate, "/s"),
            ratio=_ratio(ours.rate, rolled.rate),
            bar=">= x 0.8",
            holds=ours.rate >= 0.8 * rolled.rate,
        ),
        Figure(
            name="  beside a bare ASGI application",
            measured=rate,
            baseline=number(bare.rate, "/s"),
            ratio=_ratio(ours.rate, bare.rate),
        ),
        Figure(
            name="  where no fact was seen before",
            measured=number(strange.rate, "/s"),
            baseline=f"p50 {number(strange.p50_ms)} p99 {number(strange.p99_ms)} ms",
            ratio=_ratio(strange.rate, ours.rate),
        ),
        Figure(
            name="  the same workstations' next reports",
            measured=number(again.rate, "/s"),
            baseline=f"p50 {number(again.p50_ms)} p99 {number(again.p99_ms)} ms",
            ratio=_ratio(again.rate, ours.rate),
        ),
        Figure(
            name="  processor time of each report",
            measured=f"{number(ours.each_us)} us",
            baseline=" ".join(f"{name} {number(run.each_us)}" for name, run in found.items()),
            ratio=_ratio(plain.each_us, ours.each_us),
        ),
        Figure(name="  share of the load generator", measured=f"{number(ours.generator_percent)} % of one core"),
    ):
        table.add(figure)


def _ratio(one: float, other: float) -> float | None:
    """Return how many times the other one is; None when the other did nothing, on a machine too busy to measure."""
    return one / other if other else None
