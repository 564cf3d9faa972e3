"""Where do whole territories stand, without adding a nation up for every page?

The sums of a territory are kept for some seconds, and made again behind the back of who asks: a page is at most a few
seconds old, says so by its date, and nobody waits for it. Each process has its own.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlmodel import Session, col, func, select

from collector.judged import SchoolState
from collector.store.engine import Store

K = TypeVar("K")
V = TypeVar("V")

_MOST_KEYS: Final = 256
_USED_S: Final = 900
"""What nobody asked for so long is no longer kept up to date."""
_WHATEVER_S: Final = 60
"""Past this age it is made again even if no state has changed: the directory, or the profile, may have."""


@dataclass(slots=True)
class _Kept(Generic[V]):
    value: V
    made_at: float  # by the clock, before it was read
    used_at: float
    remaking: bool = False


class Snapshots(Generic[K, V]):
    """Values made from the store by key, each at most about `age_s` old; none is kept when `age_s` is 0."""

    def __init__(self, store: Store, make: Callable[[Session, K], V], age_s: float) -> None:
        self._store, self._make, self._age_s = store, make, age_s
        self._kept: dict[K, _Kept[V]] = {}
        self._lock = threading.Lock()
        self._behind: Executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="snapshots")

    def get(self, session: Session, key: K) -> V:
        """Return the value for a key: as kept, if it is young enough or being made again; else made now."""
        if self._age_s <= 0:
            return self._make(session, key)
        now = time.time()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                kept.used_at = now
                age = now - kept.made_at
                if age <= self._age_s or kept.remaking:
                    return kept.value
                if age <= 4 * self._age_s:
                    kept.remaking = True
                    self._behind.submit(self._remake, key)
                    return kept.value
        return self._made(session, key, now)

    def keep_warm(self) -> None:
        """Make again what was asked for of late, if anything changed; called regularly."""
        now = time.time()
        with self._lock:
            used = [key for key, kept in self._kept.items() if now - kept.used_at < _USED_S]
        for key in used:
            self._remake(key)

    def close(self) -> None:
        """Stop making anything."""
        self._behind.shutdown(wait=True, cancel_futures=True)

    def _remake(self, key: K) -> None:
        now = time.time()
        with self._store.reading() as session:
            with self._lock:
                kept = self._kept.get(key)
            if kept is not None and now - kept.made_at < _WHATEVER_S and not _changed(session, kept.made_at):
                kept.made_at, kept.remaking = now, False
                return
            self._made(session, key, now, used_at=kept.used_at if kept else now)

    def _made(self, session: Session, key: K, now: float, used_at: float | None = None) -> V:
        try:
            value = self._make(session, key)
        except BaseException:
            with self._lock:
                self._kept.pop(key, None)
            raise
        with self._lock:
            if len(self._kept) >= _MOST_KEYS and key not in self._kept:
                del self._kept[min(self._kept, key=lambda one: self._kept[one].used_at)]
            self._kept[key] = _Kept(value=value, made_at=now, used_at=now if used_at is None else used_at)
        return value


def _changed(session: Session, since: float) -> bool:
    """Tell whether a school's state changed since an instant; the second it is in counts as after."""
    latest: Any = session.exec(select(func.max(col(SchoolState.as_of)))).one()
    return latest is not None and latest >= int(since)
