"""How many pupils can a school's line serve at once? Told on its page, from the run elected for the school."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from collector.judged import SchoolThroughput
from tests.collector.measured import DAY_S, MARELLE, MOULIN, NOW, fill_database, open_app


@pytest.mark.parametrize(
    ("days_old", "said"), [(1, "300 élèves en même temps"), (400, "Débit pas encore mesuré")], ids=["fresh", "too old"]
)
def test_a_schools_page_tells_its_capacity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days_old: int, said: str
) -> None:
    app, store = open_app(tmp_path)
    monkeypatch.setattr("collector.pages.schools.time.time", lambda: NOW)
    run = SchoolThroughput(
        uai=MOULIN, workstation_id="x", observed_at=NOW - days_old * DAY_S, down_kbps=20_100, up_kbps=5_000
    )
    with store:
        fill_database(store)
        store.write(lambda session: session.add(run))
        client = TestClient(app)
        assert said in client.get(f"/ecoles/{MOULIN}").text.replace("\u202f", " ")
        assert "Débit pas encore mesuré" in client.get(f"/ecoles/{MARELLE}").text
