"""Where do territories stand, without adding a nation up for every question?

Each process keeps the sums of every territory in memory (`collector.ledger`), and every two seconds reads the schools
that changed since. The API and the pages read these same sums, which say of when they are. A nation of 48,000 schools
takes some 60 MB.
"""

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from collector.answers import TerritoryReadiness
from collector.ledger import Path
from collector.store.engine import Store
from collector.store.generations import Serving, serving
from collector.store.open_schools import Known, follow, load
from collector.store.schools import called, territory_name
from collector.store.summaries import Scope, Totals, as_of, readiness_of, totals_of
from collector.territory import NATION, SCHOOL_KIND

EVERY_S: Final = 2
"""How often what changed is read."""
UNASKED_S: Final = 20
"""How often while nobody has asked for so long: who asks then waits for the changes of seconds, not of a night."""
_COMPARED_S: Final = 60
"""How often every school is compared: whatever hid from the quick look is found then."""
_LATE: Final = 6
"""How many times their age sums may have while they are being read again, as all are at a flip; their date says it."""
_REST: Final = 4
"""How many times longer than reading takes nothing is read behind: a very busy fleet does not keep a core busy."""

_USUAL_S: Final = sys.getswitchinterval()
_STEP_S: Final = _USUAL_S / 10
"""How long a thread keeps the interpreter from the others, and how long while schools are read and added up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The sums as one moment has them."""

    known: Known
    serving: Serving
    as_of: datetime

    def readiness(self, session: Session, scope: Scope) -> TerritoryReadiness | None:
        """Return where a territory stands; None when it has no open school (whatever its wave or sector)."""
        territory, ledger = scope.territory, self.known.ledger
        whole = ledger.sum_of(territory)
        if whole is None:
            return None
        if territory == NATION:
            name: str | None = "France"
        elif territory.kind == SCHOOL_KIND:
            name = territory_name(session, territory)
        else:
            name = called(territory, whole.name)
        found = ledger.watch(scope, territory, scope.keeps) if scope.is_cut else whole
        return readiness_of(territory, name or territory.code, found, self.serving, self.as_of)

    def totals_by(self, scope: Scope, kinds: Sequence[str]) -> dict[Path, Totals]:
        """Return the sums for each territory of the last of these kinds, by its codes of all of them.

        `kinds`: from the widest, such as ("academie", "departement"), or ("wave",). A code is None where a school has
        none.
        """
        found = self.known.ledger.by_path(scope.territory, scope.keeps if scope.is_cut else None, kinds)
        return {path: totals_of(counts) for path, counts in found.items()}


def moment(session: Session, now: int) -> Moment:
    """Add everything up, as this session sees it. `now` is in seconds since 1970 UTC."""
    found = serving(session)
    return Moment(known=load(session, found), serving=found, as_of=as_of(session, now))


class RolledUp:
    """The sums of one process, at most `age_s` old, unless they are being read; none is kept when `age_s` is 0."""

    def __init__(self, store: Store, age_s: float) -> None:
        self._store, self._age_s = store, age_s
        self._moment: Moment | None = None
        self._lock = threading.Lock()  # one reads, the others find what it read
        self._read_at = self._compared_at = self._asked_at = 0.0  # by the clock that never goes back
        self._since, self._took_s = 0, 0.0

    def at(self, session: Session) -> Moment:
        """Return the sums; read first what changed when they are too old, as they are before the first question."""
        if self._age_s <= 0:
            return moment(session, int(time.time()))
        self._asked_at = time.monotonic()
        held, age_s = self._moment, self._asked_at - self._read_at
        if held is not None and (age_s <= self._age_s or (self._lock.locked() and age_s <= _LATE * self._age_s)):
            return held
        return self._read(session, self._age_s)

    def keep_warm(self) -> None:
        """Read what changed; called every `EVERY_S`."""
        now = time.monotonic()
        rest_s = UNASKED_S if now - self._asked_at > UNASKED_S else 0
        if self._age_s <= 0 or now - self._read_at < max(rest_s, _REST * self._took_s):
            return
        with self._store.reading() as session:
            self._read(session, 0)

    def _read(self, session: Session, enough_s: float) -> Moment:
        """Bring the sums up to date, unless another thread did so less than `enough_s` ago."""
        with self._lock:
            began, now = time.monotonic(), int(time.time())
            held = self._moment
            if held is not None and began - self._read_at <= enough_s:
                return held
            found = serving(session)
            with _by_small_steps():
                known = self._known(session, found, held, began)
            made = self._moment = Moment(known=known, serving=found, as_of=as_of(session, now))
            self._since, self._read_at = now, began
            self._took_s = time.monotonic() - began
            return made

    def _known(self, session: Session, found: Serving, held: Moment | None, began: float) -> Known:
        if held is None or _numbered(held.serving) != _numbered(found):
            known = load(session, found)
        elif began - self._compared_at > _COMPARED_S:
            known = follow(session, found, held.known, None)
        else:
            return follow(session, found, held.known, self._since)
        self._compared_at = began
        return known


@contextmanager
def _by_small_steps() -> Iterator[None]:
    """Let others have the interpreter sooner: a request asks for it several times, and would wait for each."""
    sys.setswitchinterval(_STEP_S)
    try:
        yield
    finally:
        sys.setswitchinterval(_USUAL_S)


def _numbered(found: Serving) -> dict[str, tuple[int, bool]]:
    return {profile_id: (gen.id, gen.is_default) for profile_id, gen in found.current.items()}
