"""The matrix has a column for each measured workstation, and a row for each check that is not ready on all."""

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from checks.model import Outcome
from collector.matrix import ACROSS, matrix
from collector.store.engine import Store
from collector.store.school_summary import school_readiness
from tests.collector.measured import HIRONDELLES, MARELLE, MOULIN, Pc, fill_database, measure, open_app
from tests.collector.test_pages import Outline, words

NOBODY = "0990011Z"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Store]]:
    app, store = open_app(tmp_path_factory.mktemp("matrix"))
    with store:
        fill_database(store, int(time.time()))
        yield TestClient(app), store


def test_rows_are_checks_and_columns_are_measured_workstations(opened: tuple[TestClient, Store]) -> None:
    _, store = opened
    with store.reading() as session:
        found = school_readiness(session, MOULIN, int(time.time()))
    assert found is not None
    laid = matrix(found, found.stations)
    assert laid is not None
    assert [station.tag for station in laid.stations] == [f"{n:02}" for n in range(1, 9)]
    rows = {row.check.id: row.cells for row in laid.rows}
    blocked, ready, withdrawn = Outcome.BLOCKED, Outcome.READY, Outcome.UNMEASURED
    assert rows["network.tls"] == (blocked,) * 4 + (ready,) * 3 + (blocked,)
    assert rows["network.page"] == (withdrawn,) * 4 + (ready,) * 3 + (withdrawn,)
    assert {check.id for check in laid.ready}.isdisjoint(rows)
    assert {check.id for check in (*laid.ready, *(row.check for row in laid.rows))} == {c.id for c in found.required}


def test_a_cell_is_read_aloud(opened: tuple[TestClient, Store]) -> None:
    client, _ = opened
    row = "Le poste a assez de mémoire vive exigé" + " Prêt✓" * 6 + " Non prêt✗ Prêt✓"
    assert row in words(client, f"/ecoles/{MOULIN}")
    assert "Prêts sur tous ces postes" in words(client, f"/ecoles/{MARELLE}")
    assert "Postes et contrôles" not in words(client, f"/ecoles/{NOBODY}")
    assert "Postes et contrôles" in words(client, f"/ecoles/{HIRONDELLES}")


def test_a_school_with_500_workstations_is_shown_page_by_page(opened: tuple[TestClient, Store]) -> None:
    client, store = opened
    machines = ("interception_untrusted", "windows_11_healthy", "old_browser_by_default", "windows_10_without_esu")
    pcs = [Pc(machine=machines[number % 4]) for number in range(500)]
    store.write(lambda session: measure(session, NOBODY, pcs, int(time.time())))
    seen: list[str] = []
    path = f"/ecoles/{NOBODY}"
    while path:
        answer = client.get(path)
        assert len(answer.content) <= 100_000
        page = Outline(answer.text)
        seen += [str(a["id"]) for _, a in page.tags if str(a.get("id", "")).startswith("poste-")]
        following = [a["href"] for a in page.all("a") if a.get("rel") == "next"]
        path = f"/ecoles/{NOBODY}{following[0]}" if following else ""
    assert len(seen) == len(set(seen)) == 500
    assert len(seen) % ACROSS == 0
