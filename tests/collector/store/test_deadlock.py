"""A group of writes that PostgreSQL ends because of a deadlock begins again, whichever way its rows went."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlmodel import Session

from collector.judged import Mark
from collector.store import many
from collector.store.engine import Store

ROWS = [{"name": "two", "at": 2}]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("write", [many.add, many.upsert])
def test_a_deadlock_is_nobodys_loss(store: Store, write: Callable[..., None]) -> None:
    store.write(lambda session: session.add(Mark(name="one", at=0)))
    locked, tries = threading.Event(), []

    def job(session: Session) -> None:
        tries.append(session.connection().execute(text("UPDATE mark SET at = 1 WHERE name = 'one'")))
        locked.set()
        write(session, Mark, ROWS)

    with store.engine.connect() as other:
        other.execute(text("SET deadlock_timeout = '60s'"))  # so that it is the writer whom the database ends
        other.execute(text("INSERT INTO mark (name, at) VALUES ('two', 9)"))
        written = store.writer.submit(job)
        assert locked.wait(10)
        other.execute(text("UPDATE mark SET at = 9 WHERE name = 'one'"))
        other.rollback()
        other.execute(text("RESET deadlock_timeout"))
    assert written.result(10) is None
    assert len(tries) == 2
    with store.reading() as session:
        kept = {name: at for name in ("one", "two") if (at := session.get_one(Mark, name).at)}
    assert kept == {"one": 1, "two": 2}
