"""With 48,000 schools, a page is small and quick: its weight, its statements and its time on the processor are bounded.

Time is the processor's, not the clock's: the same whoever else uses the machine. The bound is the promise, p95 ≤ 50 ms.
"""

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from collector.settings import Settings
from collector.store.engine import Store
from collector.uai import check_letter
from tests.collector.measured import open_app
from tests.collector.nation import SCHOOLS, fill_nation

PAGES = (
    "/",
    "/?etat=non-pret",
    "/?etat=inconnu&secteur=prive&vague=2",
    "/territoires/academie:16",
    "/territoires/departement:031",
    "/territoires/departement:031?etat=non-pret",
    f"/territoires/circonscription:0310000{check_letter('0310000')}",
    "/territoires/wave:2",
    "/territoires/commune:31072",
    "/territoires/departement:031/actions",
    "/territoires/academie:16/actions",
    "/territoires/departement:031/actions/network.tls/interception_untrusted",
    "/recherche?q=saint+jaures",
    "/recherche?etat=non-pret&secteur=prive",
    "/recherche?q=31072",
    "/recherche?vague=2&etat=pret",
)
ANSWERS = (
    *("nation", "academie:16", "departement:031", f"circonscription:0310000{check_letter('0310000')}"),
    *("wave:2", "commune:31072", "epci:203100005", "nation&sector=public&wave=2"),
)
MOST_ANSWER_MS = 20
MOST_ANSWER_STATEMENTS = 3
MOST_MS = 50
ROUNDS = 3
"""How often a page that was slow is tried again: on a busy machine processor time grows too."""
MOST_BYTES = 100_000
MOST_STATEMENTS = 30


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Store]]:
    app, store = open_app(tmp_path_factory.mktemp("nation"))
    app.state.settings = Settings(data_dir=app.state.settings.data_dir, snapshot_s=300)
    with store:
        fill_nation(store, int(time.time()) - 600)
        yield TestClient(app), store


def test_there_are_so_many_schools(opened: tuple[TestClient, Store]) -> None:
    assert f"{SCHOOLS:,}".replace(",", "\u202f") + " écoles ouvertes" in opened[0].get("/").text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_small_and_asks_little(opened: tuple[TestClient, Store], path: str) -> None:
    client, store = opened
    asked: list[str] = []

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        answer = client.get(path)
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    assert len(answer.content) <= MOST_BYTES
    assert len(asked) <= MOST_STATEMENTS


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_quick(opened: tuple[TestClient, Store], path: str) -> None:
    client, _ = opened
    client.get(path)  # the sums of a territory are kept up to date behind the back of who asks
    rounds: list[float] = []
    while len(rounds) < ROUNDS and (not rounds or rounds[-1] > MOST_MS):
        rounds.append(slowest_but_one(client, path))
    assert rounds[-1] <= MOST_MS, rounds


def slowest_but_one(client: TestClient, path: str) -> float:
    """Of twenty times, in ms of processor time."""
    times = []
    for _ in range(20):
        start = time.process_time()
        assert client.get(path).status_code == 200
        times.append((time.process_time() - start) * 1000)
    return sorted(times)[-2]


@pytest.mark.parametrize("territory", ANSWERS)
def test_an_answer_adds_nothing_up(opened: tuple[TestClient, Store], territory: str) -> None:
    client, store = opened
    path, asked = f"/api/v1/readiness?territory={territory}", []
    assert client.get(path).json()["schools"]["total"] > 0

    def note(*args: object) -> None:
        asked.append(str(args[2]))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        times = []
        for _ in range(20):
            start = time.process_time()
            assert client.get(path).status_code == 200
            times.append((time.process_time() - start) * 1000)
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    assert len(asked) <= 20 * MOST_ANSWER_STATEMENTS
    assert sorted(times)[-2] <= MOST_ANSWER_MS, [round(one) for one in times]
