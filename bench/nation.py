"""What does a stored nation cost: to import, to read, to judge again, to keep? On a small one and on the large one."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.ground import SEED, Ground, Scale
from bench.load import Run, load, raw, write
from bench.servers import COLLECTOR, free_port, served
from bench.table import Figure, Table, number
from collector.profiles import publish_profile
from collector.signing import open_keys
from collector.simulator.filling import fill, import_schools
from collector.simulator.fleet import pcs_of
from collector.simulator.nation import SimSchool, lay_out
from collector.store.engine import Store
from collector.store.schema import upgrade
from collector.store.tokens import add_token
from collector.tables import Token

SECRET = "preau_token-of-the-bench"
AS_READER = {"Authorization": f"Bearer {SECRET}"}
CONNECTIONS = 4
MOST_TIMES_THE_BAR = 10
"""A command that takes longer than so many times what it may is given up."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A nation in a database."""

    url: str
    schools: Sequence[SimSchool]
    pcs: int
    import_s: float
    fill_s: float


def measure(ground: Ground, scale: Scale, table: Table) -> None:
    """Store a small nation and a large one, and measure on both."""
    few = _store(ground, "few", max(101, scale.few_pcs // 21), scale.few_pcs)
    many = _store(ground, "many", scale.schools, scale.pcs)
    table.add(
        Figure(
            name=f"directory import, {number(scale.schools)} schools, {ground.engine}",
            measured=f"{number(many.import_s)} s",
            bar="<= 20 s (48 000)",
            holds=many.import_s <= 20,
        )
    )
    table.add(
        Figure(
            name=f"filled with {number(many.pcs)} workstations, {ground.engine}",
            measured=f"{number(many.fill_s)} s",
            baseline=f"{number(many.pcs / max(0.01, many.fill_s), '/s')}",
        )
    )
    _weigh(ground, many, table)
    _read(ground, scale, few, many, table)
    _judge_again(ground, many, table)


def _store(ground: Ground, name: str, schools: int, pcs: int) -> Stored:
    url, laid_out = ground.database(name), lay_out(SEED, schools, pcs)
    with Store(url) as store:
        upgrade(store.engine)
        publish_profile(store, open_keys(ground.settings(url)), ground.toml, default=True)
        token = Token(name="bench", role="lecteur", place="nation", secret_sha256="", created_at=0)
        store.write(lambda session: add_token(session, SECRET, token))
        imported = import_schools(store, laid_out, ground.folder)
        began = time.monotonic()
        fill(store, list(pcs_of(SEED, laid_out)), ground.kinds, _progress(f"{name}, {ground.engine}"))
        filled = time.monotonic() - began
    ground.vacuum(url)
    return Stored(url, laid_out, pcs, imported, filled)


def _weigh(ground: Ground, many: Stored, table: Table) -> None:
    """Say how many bytes a workstation takes, with its school's share, after one report."""
    table.add(
        Figure(
            name=f"stored, per workstation after one report, {ground.engine}",
            measured=f"{number(ground.bytes_of(many.url) / many.pcs)} bytes",
            bar="<= 4 kB with a year",
        )
    )


def _read(ground: Ground, scale: Scale, few: Stored, many: Stored, table: Table) -> None:
    """Measure `GET /api/v1/readiness` for territories of each size, in the small nation and in the large one."""
    seconds = max(1.0, scale.seconds / 2)
    found = {name: _reads(ground, stored, seconds) for name, stored in (("few", few), ("many", many))}
    for territory, large in found["many"].items():
        small = found["few"][territory]
        table.add(
            Figure(
                name=f"readiness of {territory}, {number(many.pcs)} workstations, {ground.engine}",
                measured=f"p50 {number(large.p50_ms)} p99 {number(large.p99_ms)} ms, {number(large.rate, '/s')}",
                baseline=f"p99 {number(small.p99_ms)} ms with {number(few.pcs)}",
                ratio=large.p99_ms / max(0.01, small.p99_ms),
                bar="p99 <= 20 ms, <= x 2",
                holds=large.p99_ms <= 20 and large.p99_ms <= 2 * small.p99_ms,
            )
        )


def _reads(ground: Ground, stored: Stored, seconds: float) -> dict[str, Run]:
    with up(ground, stored.url) as port:
        return {kind: _asked(ground, port, id_, seconds) for kind, id_ in _territories(stored).items()}


def _territories(stored: Stored) -> dict[str, str]:
    """Return one territory of each kind, that of the school in the middle."""
    school = stored.schools[len(stored.schools) // 2]
    return {
        "the nation": "nation",
        "an académie": f"academie:{school.departement.academie_code}",
        "a département": f"departement:{school.departement.code}",
        "a circonscription": f"circonscription:{school.circonscription}",
        "a commune": f"commune:{school.commune}",
        "a wave": f"wave:{school.wave}",
    }


def _asked(ground: Ground, port: int, territory: str, seconds: float) -> Run:
    one = raw("GET", f"/api/v1/readiness?territory={territory}", AS_READER)
    path = write(ground.folder / "reads", [one])
    found = load([(port, path)], CONNECTIONS, seconds, again=True)
    if found.refused:
        raise SystemExit(f"bench: {found.refused} readings of {territory} refused")
    return found


@contextmanager
def up(ground: Ground, url: str) -> Iterator[int]:
    """Run a collector over a database until the block ends; gives its port."""
    port = free_port()
    with served((*COLLECTOR, "--port", str(port)), port, ground.environment(url), ground.folder / "reading.log"):
        yield port


def _judge_again(ground: Ground, many: Stored, table: Table) -> None:
    """Publish a second version of the profile over the stored facts, by the command, while somebody reads."""
    version = re.sub(r'(?m)^version = ".*"', 'version = "2"', ground.toml, count=1)
    path = ground.folder / "second.toml"
    path.write_text(version, encoding="utf-8")
    least = max(6.0, 60 * many.pcs / 1_000_000)
    with up(ground, many.url) as port:
        alone = _asked(ground, port, "nation", 1)
        for words, what in ((("diff",), "profile diff"), (("publish", "--yes"), "judged again (profile publish)")):
            reading = _Reader(ground, port)
            spent = _command(ground, many.url, words, path, MOST_TIMES_THE_BAR * least)
            meanwhile = reading.stop()
            if spent is None:
                table.notes.append(f"{what}: not measured, this collector does not have the command ({ground.engine})")
                continue
            if spent >= MOST_TIMES_THE_BAR * least:
                table.notes.append(f"{what}: given up after {spent:.0f} s ({ground.engine})")
            table.add(
                Figure(
                    name=f"{what}, {number(many.pcs)} workstations, {ground.engine}",
                    measured=f"{number(spent)} s",
                    baseline=f"{number(many.pcs / spent, '/s')}",
                    bar=f"<= {number(least)} s (60 s a million)",
                    holds=spent <= least,
                )
            )
            table.add(
                Figure(
                    name="  a reader of the nation meanwhile",
                    measured=f"p99 {number(meanwhile)} ms",
                    baseline=f"p99 {number(alone.p99_ms)} ms alone",
                    ratio=meanwhile / max(0.01, alone.p99_ms),
                )
            )


class _Reader:
    """Reads the nation again and again, until stopped; then tells the 99th percentile in milliseconds."""

    def __init__(self, ground: Ground, port: int) -> None:
        self._stop, self._times = threading.Event(), [0.0]
        self._thread = threading.Thread(target=self._run, args=(ground, port), daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Stop, and tell."""
        self._stop.set()
        self._thread.join(60)
        return sorted(self._times)[int(len(self._times) * 0.99) - 1]

    def _run(self, ground: Ground, port: int) -> None:
        while not self._stop.is_set():
            self._times.append(_asked(ground, port, "nation", 1).p99_ms)


def _command(ground: Ground, url: str, words: Sequence[str], path: Path, most_s: float) -> float | None:
    """Run `preau-collector profile …`; returns the seconds it took (at most `most_s`), None when it is unknown."""
    command = [sys.executable, "-m", "collector", "profile", words[0], str(path), *words[1:]]
    began = time.monotonic()
    environment = {**os.environ, **ground.environment(url)}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=most_s)
    except subprocess.TimeoutExpired:
        return most_s
    if done.returncode == 64 and len(words) > 1:
        return _command(ground, url, words[:1], path, most_s)
    if done.returncode == 64:
        return None
    if done.returncode:
        raise SystemExit(f"bench: {' '.join(command)}: {done.stderr[-1500:]}")
    return time.monotonic() - began


def _progress(what: str) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{what}: {done}/{total} workstations" + ("\n" if done == total else ""))

    return progress
