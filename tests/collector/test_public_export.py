"""Public figures point at no school: small cells are hidden, and none can be worked out from the totals."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector import cli
from collector.exports.public import public_table
from collector.exports.suppression import LEAST, suppress
from collector.settings import Settings
from collector.store.engine import Store
from tests.collector.measured import fill_database, open_app


def with_totals(rows: list[list[int]]) -> list[list[int]]:
    lines = [[*row, sum(row)] for row in rows]
    return [*lines, [sum(column) for column in zip(*lines, strict=True)]]


TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 40), min_size=width, max_size=width), min_size=1, max_size=6)
)


@given(TABLES)
def test_nothing_small_is_shown_and_no_line_gives_a_hidden_cell_away(rows: list[list[int]]) -> None:
    table = with_totals(rows)
    said = suppress(table)
    for row, kept in zip(table, said, strict=True):
        for count, shown in zip(row, kept, strict=True):
            assert shown is None or (shown == count and not 0 < count < LEAST)
    for line in [*said, *(list(column) for column in zip(*said, strict=True))]:
        hidden = sum(cell is None for cell in line)
        assert hidden != 1 or not any(line), "one hidden cell beside a total gives itself away"


@given(TABLES)
def test_what_needs_no_hiding_is_left_whole(rows: list[list[int]]) -> None:
    table = with_totals([[count * LEAST for count in row] for row in rows])
    assert suppress(table) == table


def test_the_table_of_the_sample_schools_hides_the_small_ones(tmp_path: Path) -> None:
    _, store = open_app(tmp_path)
    with store:
        fill_database(store)
        with store.reading() as session:
            whole = list(public_table(session, 1).rows)
            said = list(public_table(session, LEAST).rows)
    assert [row[1] for row in said][-1] == "France"
    assert any("s" in row for row in said)
    for before, after in zip(whole, said, strict=True):
        assert all(cell == "s" or cell == old for old, cell in zip(before, after, strict=True))
        assert all(not (isinstance(cell, int) and 0 < cell < LEAST) for cell in after)


def test_the_command_writes_the_file(
    filled: Store, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(settings.data_dir))
    file = tmp_path / "public.csv"
    assert cli.main(["export", "public", str(file)]) == 0
    text = file.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "Département;Nom;Prêtes;Prêtes avec réserves;Non prêtes;Inconnues;Écoles"
    assert text.splitlines()[-1].startswith(";France;")
    assert cli.main(["export", "public", str(file), "--least", "1"]) == 0
