"""What does a stored nation cost: to import, to read, to judge again, to keep? On a small one and on the large one."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bench.ground import SEED, Ground, Scale
from bench.load import Run, load, raw, write
from bench.rejudging import judge_again
from bench.servers import COLLECTOR, free_port, served
from bench.table import Figure, Table, number
from collector.geography import epci_of
from collector.publishing import publish_profile
from collector.signing import open_keys
from collector.simulator.filling import fill, import_schools
from collector.simulator.fleet import pcs_of
from collector.simulator.nation import SimSchool, lay_out
from collector.store.engine import Store
from collector.store.schema import upgrade
from collector.store.sweeping import sweep_all
from collector.store.tokens import add_token
from collector.tables import Token

SECRET = "preau_token-of-the-bench"
AS_READER = {"Authorization": f"Bearer {SECRET}"}
CONNECTIONS = 4
_LEAST_S = 2.0
"""A bar in seconds is not scaled down below this: what starts a command does not shrink."""


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
    most_s = max(_LEAST_S, 20 * scale.schools / 48_000)
    table.add(
        Figure(
            name=f"directory import, {number(scale.schools)} schools, {ground.engine}",
            measured=f"{number(many.import_s)} s",
            baseline=number(scale.schools / max(0.01, many.import_s), "/s"),
            bar=f"<= {number(most_s)} s (20 s for 48 000)",
            holds=many.import_s <= most_s,
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
    with up(ground, many.url) as port:
        judge_again(ground, many.url, many.pcs, port, AS_READER, table)


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
        sweep_all(store, int(time.time()))  # as after any night
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
        _asked(ground, port, "nation", 1)  # the first answers of a process pay for what it loads once
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
        "an EPCI": f"epci:{_epci(stored)}",
        "a wave": f"wave:{school.wave}",
    }


def _epci(stored: Stored) -> str:
    """Return the EPCI of the school nearest to the one in the middle that is in one."""
    middle = len(stored.schools) // 2
    found = (epci_of(school.commune) for school in (*stored.schools[middle:], *stored.schools[:middle]))
    return next(epci.code for epci in found if epci is not None)


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


def _progress(what: str) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{what}: {done}/{total} workstations" + ("\n" if done == total else ""))

    return progress
