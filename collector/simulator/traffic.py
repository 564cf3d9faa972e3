"""What happens when simulated workstations really speak to a collector? Real keys, real HTTP, on loopback.

Each enrols with its school's code, sends a report a day, keeps what is not acknowledged and sends it again; some are
clones, some are bad clients. In the end every acknowledgement is asked for again: none may be lost, none may differ.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from checks import wire
from collector.simulator.bad_clients import BAD
from collector.simulator.fleet import Flavour, Pc, Sender
from collector.simulator.line import Heard, Line, Lost
from collector.simulator.nation import draw

CLONE_PERCENT: Final = 3
"""Workstations whose disk was copied: from the second day, two send with one key."""
BAD_PERCENT: Final = 2
TRIES: Final = 60
LONGEST_WAIT_S: Final = 2.0
T = TypeVar("T")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """One report, and the receipt given for it."""

    sender: Sender
    headers: Mapping[str, str]
    body: bytes
    receipt: bytes


@dataclass(slots=True)
class Outcome:
    """What came of it all."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)  # bad requests refused as they should be, by kind
    wrong: list[str] = field(default_factory=list)  # what should never happen
    tries_lost: int = 0  # no answer, or 5xx: sent again later
    quarantined: int = 0

    def percentile_ms(self, percent: float) -> float:
        """Return a percentile of the time to a receipt."""
        held = sorted(self.latencies_ms) or [0.0]
        return held[min(len(held) - 1, int(len(held) * percent / 100))]


class Traffic:
    """The workstations of a slice of the nation, and the lines they share."""

    def __init__(
        self, addresses: Sequence[str], kinds: Sequence[Flavour], connections: int = 32, *, all_good: bool = False
    ) -> None:
        self.outcome = Outcome()
        self._kinds, self._connections = kinds, connections
        self._addresses, self._all_good = addresses, all_good
        self._clones: dict[str, str] = {}

    async def enrol(self, fleet: Iterable[Pc], code: Mapping[str, str], progress: Progress) -> list[Sender]:
        """Enrol workstations with the codes of their schools (secret by UAI)."""
        senders = [Sender(pc, self._kinds) for pc in fleet]

        async def one(line: Line, sender: Sender) -> None:
            body, headers = sender.enrolment(code[sender.pc.school.uai])
            heard = await self._insist(line, wire.ENROLMENTS_PATH, headers, body)
            if heard.status not in (200, 201):
                self.outcome.wrong.append(f"enrôlement : {heard.status} {heard.body[:200]!r}")

        await self._each(senders, one, progress)
        return senders

    async def day(self, senders: Sequence[Sender], day: int, progress: Progress) -> None:
        """Have every workstation send its report of a day, in an order of its own."""
        order = list(senders)
        random.Random(day).shuffle(order)  # noqa: S311 - an order, not a secret

        async def one(line: Line, sender: Sender) -> None:
            if not self._all_good:
                await self._make_trouble(line, sender, day)
            await self._send(line, sender, day)

        await self._each(order, one, progress)

    async def ask_again(self, progress: Progress) -> None:
        """Send again every report acknowledged last by each key: the very same receipt must come back."""
        latest = {one.sender.key_id: one for one in self.outcome.acknowledged}

        async def one(line: Line, held: Acknowledged) -> None:
            heard = await self._insist(line, wire.REPORTS_PATH, held.headers, held.body)
            if heard.status != 200 or heard.body != held.receipt:
                self.outcome.wrong.append(f"accusé perdu : {heard.status} {heard.body[:200]!r}")

        await self._each(list(latest.values()), one, progress)

    async def _send(self, line: Line, sender: Sender, day: int) -> None:
        body = sender.body(day)
        headers = sender.report(body)
        began = time.perf_counter()
        heard = await self._insist(line, wire.REPORTS_PATH, headers, body)
        if heard.status not in (200, 201):
            self.outcome.wrong.append(f"relevé refusé : {heard.status} {heard.body[:200]!r}")
            return
        self.outcome.latencies_ms.append(1000 * (time.perf_counter() - began))
        said = json.loads(heard.body)
        if said["report_id"] != headers[wire.REPORT_ID_HEADER]:
            self.outcome.wrong.append(f"l'accusé d'un autre relevé : {said['report_id']}")
        sender.last_receipt = said["receipt_id"]
        self.outcome.quarantined += said["state"] == "quarantined"
        self.outcome.acknowledged.append(Acknowledged(sender=sender, headers=headers, body=body, receipt=heard.body))

    async def _send_as_clone(self, line: Line, sender: Sender, day: int) -> None:
        """Send as the other disk with the same key: it goes on from its own last receipt, at first the copied one."""
        held = sender.last_receipt
        sender.last_receipt = self._clones.get(sender.key_id, held)
        await self._send(line, sender, day)
        self._clones[sender.key_id], sender.last_receipt = sender.last_receipt, held

    async def _make_trouble(self, line: Line, sender: Sender, day: int) -> None:
        lot = draw("bad", sender.pc.number, day)
        if lot % 100 < BAD_PERCENT:
            await self._misbehave(line, sender, list(BAD)[lot // 100 % len(BAD)])
        if day > 0 and draw("clone", sender.pc.number) % 100 < CLONE_PERCENT:
            await self._send_as_clone(line, sender, day)

    async def _misbehave(self, line: Line, sender: Sender, kind: str) -> None:
        before = sender.sequence
        bad = BAD[kind](sender)
        sender.sequence = before
        heard = await self._insist(line, wire.REPORTS_PATH, bad.headers, bad.body)
        if heard.status == bad.status:
            self.outcome.refusals[kind] += 1
        else:
            self.outcome.wrong.append(f"{kind} : {heard.status} au lieu de {bad.status}")

    async def _insist(self, line: Line, path: str, headers: Mapping[str, str], body: bytes) -> Heard:
        """Send until there is an answer that is not of the path: full jitter, bounded; raises `Lost` in the end."""
        for failures in range(TRIES):
            try:
                heard = await line.ask("POST", path, headers, body)
                if heard.status < 500:
                    return heard
            except Lost:
                pass
            self.outcome.tries_lost += 1
            await asyncio.sleep(random.uniform(0, min(LONGEST_WAIT_S, 0.05 * 2**failures)))  # noqa: S311
        raise Lost(f"no answer after {TRIES} tries")

    async def _each(
        self, all_of_them: Sequence[T], work: Callable[[Line, T], Awaitable[None]], progress: Progress
    ) -> None:
        """Do some work for each, over a bounded number of lines."""
        left, done = iter(all_of_them), 0

        async def worker(number: int) -> None:
            nonlocal done
            async with Line(self._addresses[number % len(self._addresses)]) as line:
                for item in left:
                    await work(line, item)
                    done += 1
                    if done % 100 == 0 or done == len(all_of_them):
                        progress(done, len(all_of_them))

        async with asyncio.TaskGroup() as group:
            for number in range(min(self._connections, len(all_of_them) or 1)):
                group.create_task(worker(number))
