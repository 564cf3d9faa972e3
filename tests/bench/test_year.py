"""The bench weighs a year of reports, and says table by table where the bytes are."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from bench import year
from bench.ground import SCALES, grounds
from bench.table import Table
from bench.weight import lines, parts
from collector.store.engine import Store
from collector.tables import WorkstationKey
from tests.conftest import need
from tests.postgres import missing

PCS = 21


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_year_is_taken_in_and_weighed(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine == "postgresql":
        need(not missing(), missing())
    monkeypatch.setattr(year, "SCHOOL_DAYS", 3)
    table = Table()
    with grounds(tmp_path, [engine]) as (ground,):
        year.measure(ground, replace(SCALES["smoke"], year_pcs=PCS), table)
        url = ground.url("year")
        weighed = parts(ground, url)
        with Store(url) as store, store.reading() as session:
            numbers = session.exec(select(WorkstationKey.last_sequence, WorkstationKey.last_seen_at)).all()
        assert sum(part.all_of_it for part in weighed) == pytest.approx(ground.bytes_of(url), rel=0.02)
    assert [number for number, _ in numbers] == [3] * PCS
    assert len({seen // 86_400 for _, seen in numbers if seen}) == 1
    of_keys = next(part for part in weighed if part.table == "workstation_key")
    assert of_keys.rows == PCS
    assert min(of_keys.live, of_keys.free, of_keys.indexes) > 0
    assert f"3 reports each, 2 % change a day, {PCS} workstations" in table.figures[0].baseline
    assert len(lines(weighed, PCS, most=4)) == 5
    assert sum("bytes a workstation (rows " in note for note in table.notes) == 9
