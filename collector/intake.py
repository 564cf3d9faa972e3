"""How are many reports carried at once from the network to the disk, and none promised early?

The event loop admits them, a second thread checks signatures and reads bodies in groups, the writer's thread writes the
group and commits it, and the answers go back together. What may be under way is bounded, in number and in bytes, and no
school may hold more than its share of it: more is asked to come back, before memory grows.
"""

import asyncio
import logging
import threading
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from collector.envelope import Answer, Envelope, is_key_id, unknown
from collector.ingest import Opened, open_report, take_group
from collector.profile_names import ProfileNames
from collector.signing import Keys, verified
from collector.store.engine import Store
from collector.store.taking import known
from collector.store.writer import Busy

MOST: Final = 2000
"""Reports under way at once."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of bodies under way at once."""
SHARE: Final = 8
"""Once half of that is under way, a school may hold one part in so many."""
KNOWN: Final = 50_000
"""Keys whose school is remembered, so that its share is asked for before anything is opened."""
GROUP: Final = 128
"""Most reports opened together."""

log = logging.getLogger(__name__)
_opener: Final = ThreadPoolExecutor(1, thread_name_prefix="opener")
Told = Answer | Exception


@dataclass(slots=True)
class _Entered:
    envelope: Envelope
    future: asyncio.Future[Answer]
    loop: asyncio.AbstractEventLoop
    uai: str = ""


class Intake:
    """The reports under way in this process."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self.store, self.keys = store, keys
        self._names = ProfileNames()
        self._entered: deque[_Entered] = deque()
        self._lock = threading.Lock()
        self._opening = False
        self._under_way = 0
        self._bytes = 0
        self._schools: Counter[str] = Counter()
        self._school_of: dict[str, str] = {}  # by key id, of reports opened before

    @property
    def is_full(self) -> bool:
        """Tell whether another report would be asked to come back."""
        return self._under_way >= MOST or self._bytes >= MOST_BYTES

    async def take(self, envelope: Envelope) -> Answer:
        """Take a report in; returns its receipt once it is durable, or a signed refusal. Raises `Problem`, `Busy`."""
        if self.is_full:
            raise Busy
        loop = asyncio.get_running_loop()
        one = _Entered(envelope, loop.create_future(), loop)
        with self._lock:
            one.uai = self._school_of.get(envelope.key_id, "")
            if one.uai and not self._admits(one.uai):
                raise Busy
            self._under_way += 1
            self._bytes += len(envelope.body)
            self._entered.append(one)
            begin = not self._opening
            self._opening = True
        if begin:
            _opener.submit(self._open_all)
        return await asyncio.shield(one.future)

    def _open_all(self) -> None:
        """Open what entered, group after group, until nothing waits."""
        while True:
            with self._lock:
                group = [self._entered.popleft() for _ in range(min(GROUP, len(self._entered)))]
                self._opening = bool(group)
            if not group:
                return
            try:
                self._open(group)
            except Exception as error:  # noqa: BLE001 - whatever it is belongs to those who wait
                self._tell([(one, error) for one in group])

    def _open(self, group: Sequence[_Entered]) -> None:
        with self.store.reading() as session:
            senders = known(session, [one.envelope.key_id for one in group if is_key_id(one.envelope.key_id)])
            names = self._names.current(session)
        told: list[tuple[_Entered, Told]] = []
        opened: list[tuple[_Entered, Opened]] = []
        for one in group:
            found = self._open_one(one, senders.get(one.envelope.key_id), names)
            if isinstance(found, Opened):
                opened.append((one, found))
            else:
                told.append((one, found))
        if told:
            self._tell(told)
        if not opened:
            return
        try:
            self.store.writer.submit_items(self._write, opened, self._tell_items)
        except Busy as busy:
            self._tell([(one, busy) for one, _ in opened])

    def _open_one(self, one: _Entered, sender: Any, names: frozenset[str]) -> Opened | Told:
        if sender is None:
            return unknown()
        with self._lock:
            self._remember(one.envelope.key_id, sender.uai)
            if not one.uai:
                if not self._admits(sender.uai):
                    return Busy()
                one.uai = sender.uai
        if not verified(sender.public_key, one.envelope.message, one.envelope.signature):
            return unknown()
        return open_report(self.keys, one.envelope, sender.workstation_id, names, sender.report_hash or b"")

    def _admits(self, uai: str) -> bool:
        """Count one more report of a school, unless it holds its share already; the lock is held."""
        is_crowded = self._under_way > MOST // 2 or self._bytes > MOST_BYTES // 2
        if is_crowded and self._schools[uai] >= MOST // SHARE:
            return False
        self._schools[uai] += 1
        return True

    def _remember(self, key_id: str, uai: str) -> None:
        if self._school_of.get(key_id) != uai:
            if len(self._school_of) >= KNOWN:
                del self._school_of[next(iter(self._school_of))]
            self._school_of[key_id] = uai

    def _write(self, session: Any, items: Sequence[tuple[_Entered, Opened]]) -> Sequence[Answer]:
        return take_group(session, self.keys, [opened for _, opened in items])

    def _tell_items(self, results: Sequence[tuple[tuple[_Entered, Opened], Told]]) -> None:
        self._tell([(one, said) for (one, _), said in results])

    def _tell(self, results: Sequence[tuple[_Entered, Told]]) -> None:
        """Let those go who waited, in the event loop they wait in."""
        with self._lock:
            for one, _ in results:
                self._under_way -= 1
                self._bytes -= len(one.envelope.body)
                if one.uai:
                    self._schools[one.uai] -= 1
                    if not self._schools[one.uai]:
                        del self._schools[one.uai]
        loops = {id(one.loop): one.loop for one, _ in results}
        for loop in loops.values():
            theirs = [(one.future, said) for one, said in results if one.loop is loop]
            try:
                loop.call_soon_threadsafe(partial(_settle, theirs))
            except RuntimeError:  # the loop is closed: nobody waits any more
                log.info("%s answers came after their server had stopped", len(theirs))


def _settle(results: Sequence[tuple[asyncio.Future[Answer], Told]]) -> None:
    for future, said in results:
        if future.done():
            continue
        if isinstance(said, Exception):
            future.set_exception(said)
            future.exception()  # a client that hung up does not fetch it
        else:
            future.set_result(said)


def intake_of(state: Any) -> Intake:
    """Return the intake of an app's store."""
    found: Intake | None = getattr(state, "intake", None)
    if found is None or found.store is not state.store:
        found = state.intake = Intake(state.store, state.keys)
    return found
