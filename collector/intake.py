"""How are many reports carried at once from the network to the disk, and none promised early?

The event loop admits them; the writer's thread checks the signatures of a group, reads, judges and writes it, and
commits; the answers go back together. A thread more would only make the others wait for the interpreter. What may be
under way is bounded, in number and in bytes, and no school may hold more than its share of it: more is asked to come
back, before memory grows.
"""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from collector.envelope import Answer, Envelope, is_key_id
from collector.ingest import take_group
from collector.problems import Problem
from collector.profile_names import ProfileNames
from collector.signing import Keys
from collector.store import Session
from collector.store.engine import Store
from collector.store.many import by_keys_only
from collector.store.taking import senders
from collector.store.writer import Busy

MOST: Final = 2000
"""Reports under way at once."""
MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of bodies under way at once."""
SHARE: Final = 8
"""Once half of that is under way, a school may hold one part in so many; keys not met yet share one such part."""
KNOWN: Final = 50_000
"""Keys whose school is remembered, so that its share is asked for before anything is opened."""

log = logging.getLogger(__name__)
Told = Answer | Exception


@dataclass(slots=True)
class _Entered:
    envelope: Envelope
    uai: str  # "" for a key not met yet
    future: asyncio.Future[Answer]
    loop: asyncio.AbstractEventLoop


class Intake:
    """The reports under way in this process."""

    def __init__(self, store: Store, keys: Keys) -> None:
        self.store, self.keys = store, keys
        self._names = ProfileNames()
        self._lock = threading.Lock()
        self._under_way = 0
        self._bytes = 0
        self._schools: Counter[str] = Counter()
        self._school_of: dict[str, str] = {}  # by key id

    @property
    def is_full(self) -> bool:
        """Tell whether another report would be asked to come back."""
        return self._under_way >= MOST or self._bytes >= MOST_BYTES

    async def take(self, envelope: Envelope) -> Answer:
        """Take a report in; returns its receipt once it is durable, or a signed refusal. Raises `Problem`, `Busy`."""
        loop = asyncio.get_running_loop()
        one = _Entered(envelope, self._school_of.get(envelope.key_id, ""), loop.create_future(), loop)
        self._admit(one)
        try:
            self.store.writer.submit_item(self._write, one, self._tell)
        except Busy:
            self._leave([one])
            raise
        return await one.future

    def _admit(self, one: _Entered) -> None:
        """Count one more report under way; raises `Busy` when it or its school is too much."""
        with self._lock:
            is_crowded = self._under_way > MOST // 2 or self._bytes > MOST_BYTES // 2
            if self.is_full or (is_crowded and self._schools[one.uai] >= MOST // SHARE):
                raise Busy
            self._under_way += 1
            self._bytes += len(one.envelope.body)
            self._schools[one.uai] += 1

    def _leave(self, some: Sequence[_Entered]) -> None:
        with self._lock:
            for one in some:
                self._under_way -= 1
                self._bytes -= len(one.envelope.body)
                self._schools[one.uai] -= 1
                if not self._schools[one.uai]:
                    del self._schools[one.uai]

    def _write(self, session: Session, items: Sequence[_Entered]) -> Sequence[Answer | Problem]:
        by_keys_only(session)
        envelopes = [one.envelope for one in items]
        found = senders(session, [one.key_id for one in envelopes if is_key_id(one.key_id)])
        for key_id, sender in found.items():
            self._remember(key_id, sender.uai)
        return take_group(session, self.keys, envelopes, found, self._names.current(session))

    def _remember(self, key_id: str, uai: str) -> None:
        if self._school_of.get(key_id) != uai:
            if len(self._school_of) >= KNOWN:
                del self._school_of[next(iter(self._school_of))]
            self._school_of[key_id] = uai

    def _tell(self, results: Sequence[tuple[_Entered, Told]]) -> None:
        """Let those go who waited, in the event loop they wait in."""
        self._leave([one for one, _ in results])
        loops = {id(one.loop): one.loop for one, _ in results}
        for loop in loops.values():
            theirs = [(one.future, said) for one, said in results if one.loop is loop]
            try:
                loop.call_soon_threadsafe(_settle, theirs)
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
