"""Rows are found by their keys on both databases, and no table is read whole for a few of them."""

import time

import pytest
from sqlalchemy import select, text
from sqlmodel import Session

from collector.judged import Mark, Verdict
from collector.store import many
from collector.store.engine import Store
from collector.store.taking import held

_MARK = Mark.__table__  # type: ignore[attr-defined]
_VERDICT = Verdict.__table__  # type: ignore[attr-defined]
ODD = ["it's", 'a "quoted" one', "école", "[1]", "a,b", ""]


def pc(number: int) -> str:
    """The id of a workstation."""
    return f"{number:08}-0000-4000-8000-000000000000"


FEW = [pc(number) for number in range(0, 5_000, 250)]


def fill(session: Session, ids: list[str]) -> None:
    """Keep a verdict of each of these workstations; no one counts the rows of the table meanwhile."""
    day = int(time.time())
    row = {"generation": 0, "outcome": None, "is_stale": False, "measured_at": day, "observed_at": day}
    many.upsert(session, Verdict, [row | {"workstation_id": id_, "fresh_until": 1, "report_hash": b""} for id_ in ids])


@pytest.mark.both_databases
def test_a_key_is_a_value_whatever_it_holds(store: Store) -> None:
    store.write(lambda session: many.upsert(session, Mark, [{"name": name, "at": 1} for name in ODD]))
    for by_itself in (False, True):
        query = many.ByKey(select(_MARK), _MARK.c.name, by_itself=by_itself)
        with store.reading() as session:
            assert {row.name for row in query.rows(session, ODD[1:])} == set(ODD[1:])
            assert query.rows(session, ["another"]) == []
            assert query.rows(session, []) == []


@pytest.mark.both_databases
def test_an_id_is_text_and_what_is_none_names_nothing(store: Store) -> None:
    store.write(lambda session: fill(session, FEW))
    for by_itself in (False, True):
        query = many.ByKey(select(_VERDICT), _VERDICT.c.workstation_id, by_itself=by_itself)
        with store.reading() as session:
            assert {row.workstation_id for row in query.rows(session, [*FEW[1:], *ODD])} == set(FEW[1:])
            assert query.rows(session, ODD) == []
            assert [session.get(Verdict, (0, id_)) for id_ in (*ODD, FEW[0].replace("-", ":"))] == [None] * 7
            assert session.get_one(Verdict, (0, FEW[0])).workstation_id == FEW[0]


@pytest.mark.both_databases
def test_a_table_that_has_just_grown_is_not_read_whole(store: Store) -> None:
    store.write(lambda session: fill(session, [pc(number) for number in range(5_000)]))

    def look(session: Session) -> tuple[int, int]:
        many.by_keys_only(session)
        found = len(held(session, FEW).verdicts)
        row = {"generation": 0, "is_stale": True}
        many.rewrite(session, Verdict, ("generation", "workstation_id"), [row | {"workstation_id": id_} for id_ in FEW])
        return found, rows_read(session)

    found, read = store.write(look)
    assert found == len(FEW)
    assert read <= 4 * len(FEW)
    with store.reading() as session:
        stale = session.connection().execute(select(_VERDICT.c.workstation_id).where(_VERDICT.c.is_stale)).scalars()
        assert sorted(stale) == FEW


def rows_read(session: Session) -> int:
    """How many rows of the table this transaction has read; SQLite does not tell, and has one way only."""
    if session.get_bind().dialect.name == "sqlite":
        return 0
    of_table = "FROM pg_stat_xact_user_tables WHERE relname = 'verdict'"
    return int(session.connection().execute(text(f"SELECT seq_tup_read + idx_tup_fetch {of_table}")).scalar_one())
