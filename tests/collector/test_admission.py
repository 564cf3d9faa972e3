"""A school that floods the collector keeps nobody else from their receipts, and is told when to come back."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from checks import wire
from collector import intake
from collector.code_cli import make_code
from collector.envelope import open_envelope
from collector.signing import Keys
from collector.simulator.line import Heard, Line
from collector.store.engine import Store
from collector.store.writer import Busy
from tests.collector.conftest import MOULIN, TILLEULS
from tests.collector.listening import listening
from tests.collector.store.test_writer import Gate
from tests.collector.workstation import Workstation

MOST, SHARE = 60, 4
"""What may be under way in these tests, and the part of it a school may hold once it is crowded."""
FLOOD, OTHERS = 200, 8
ENVELOPE = open_envelope("POST", wire.REPORTS_PATH, {"preau-sent-at": "1"}, b"")
BODY = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


@pytest.fixture
def address(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The collector, really served, with little room."""
    monkeypatch.setattr(intake, "MOST", MOST)
    monkeypatch.setattr(intake, "SHARE", SHARE)
    with listening(app) as url:
        yield url


def enrolled(client: TestClient, store: Store, keys: Keys, uai: str, number: int) -> list[Workstation]:
    code = make_code(store, keys.fingerprint, uai, uses=number).secret
    pcs = [Workstation(client) for _ in range(number)]
    for pc in pcs:
        assert pc.enrol(code).status_code == 201
    return pcs


def request_of(pc: Workstation, body: bytes) -> dict[str, str]:
    pc.sequence += 1
    signed = pc.signed(
        "POST", wire.REPORTS_PATH, body, report_id=str(uuid.uuid4()), sequence=pc.sequence, last_receipt="-"
    )
    return BODY | signed


async def post(address: str, pc: Workstation, body: bytes) -> Heard:
    async with Line(address, timeout_s=60) as line:
        return await line.ask("POST", wire.REPORTS_PATH, request_of(pc, body), body)


async def crowd(
    address: str, flooding: list[Workstation], others: list[Workstation], slow: Gate
) -> tuple[list[Heard], list[Heard]]:
    """Have one school flood while nothing gets through, then others report, then let it go on."""
    bodies = {pc.id: wire.pack(pc.report()) for pc in (*flooding, *others)}
    sending = [flooding[number % len(flooding)] for number in range(FLOOD)]
    flood = [asyncio.create_task(post(address, pc, bodies[pc.id])) for pc in sending]
    deadline = time.monotonic() + 60
    while sum(task.done() for task in flood) < FLOOD - MOST and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    beside = [asyncio.create_task(post(address, pc, bodies[pc.id])) for pc in others]
    await asyncio.sleep(0.5)
    early = [task.result() for task in beside if task.done()]
    slow.opened.set()
    assert early == [], "refused, or told before it was durable"
    return await asyncio.gather(*flood), await asyncio.gather(*beside)


def test_a_school_that_floods_starves_nobody(address: str, client: TestClient, filled: Store, keys: Keys) -> None:
    flooding, others = (
        enrolled(client, filled, keys, uai, number) for uai, number in ((MOULIN, 6), (TILLEULS, OTHERS))
    )
    for pc in (*flooding, *others):
        assert pc.send(wire.pack(pc.report())).status_code == 201
    slow = Gate(filled)
    try:
        with ThreadPoolExecutor(1) as pool:  # the browser of other tests keeps a loop running in this thread
            flood, beside = pool.submit(lambda: asyncio.run(crowd(address, flooding, others, slow))).result(120)
    finally:
        slow.opened.set()
    assert Counter(heard.status for heard in beside) == {201: OTHERS}
    told = Counter(heard.status for heard in flood)
    assert set(told) == {201, 503}
    assert told[201] <= MOST // 2 + 1, "what one school may hold while nothing gets through"
    for heard in flood:
        if heard.status == 503:
            assert int(heard.headers["retry-after"]) > 0
            assert wire.SIGNATURE_HEADER.lower() not in heard.headers, (
                "no signed refusal: the report stays in its spool"
            )


def test_once_it_is_over_the_school_is_taken_in_again(
    address: str, client: TestClient, filled: Store, keys: Keys
) -> None:
    """What was under way is given back whatever became of it: nothing is left that would refuse the next."""
    (pc,) = enrolled(client, filled, keys, MOULIN, 1)
    body = wire.pack(pc.report())

    async def one_by_one() -> Counter[int]:
        found: Counter[int] = Counter()
        for number in range(2 * MOST):
            heard = await post(address, pc, body if number % 2 else body[:-9])
            found[heard.status] += 1
        return found

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: asyncio.run(one_by_one())).result(90) == {201: MOST, 400: MOST}


def test_a_busy_event_loop_does_not_hold_the_writer_up(filled: Store, keys: Keys) -> None:
    loop = asyncio.new_event_loop()  # and nobody runs it
    taken = intake.Intake(filled, keys)
    entered = intake._Entered(ENVELOPE, "", loop.create_future(), loop)
    taken._admit(entered)
    began = time.monotonic()
    taken._tell([(entered, Busy())])
    assert time.monotonic() - began < 1
    with ThreadPoolExecutor(1) as pool:  # a browser's test may have left a loop running in this thread
        pool.submit(loop.run_until_complete, asyncio.sleep(0)).result()
    assert isinstance(entered.future.exception(), Busy)
    loop.close()
    taken._admit(entered)
    taken._tell([(entered, Busy())])  # its server has stopped
    assert not taken._under_way
