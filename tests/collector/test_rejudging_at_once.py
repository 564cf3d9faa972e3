"""Where several may write at once (PostgreSQL), each process writes what it judged: nothing is lost nor left behind."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from checks import wire
from checks.profile import parse
from collector import rejudging
from collector.judged import SchoolState
from collector.store import Session
from collector.store.engine import Store
from collector.store.rejudged import Overtaken, judge_and_keep
from collector.verify_cli import verify
from tests.collector.conftest import MOULIN, TILLEULS
from tests.collector.test_rejudging import PCS, begin, measured, outcomes, stricter
from tests.collector.workstation import Workstation

__all__ = ["measured"]
pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_a_batch_that_was_kept_and_not_noted_is_judged_whole_again(workstation: Workstation, measured: Store) -> None:
    """A command is killed between the two, or another one judges the same schools; a report comes in the meantime."""
    toml = stricter()
    id_ = begin(measured, toml)
    for _ in range(2):
        measured.write(lambda session: judge_and_keep(session, list(PCS), parse(toml), id_))
        workstation.send(wire.pack(workstation.report()))
        assert verify(measured, judging=True) == []
    rejudging.rejudge(measured)
    assert set(outcomes(measured).values()) == {"blocked"}
    assert verify(measured, judging=True) == []
    with pytest.raises(Overtaken):
        measured.write(lambda session: judge_and_keep(session, list(PCS), parse(toml), id_))
    assert verify(measured, judging=True) == []


def test_a_publication_given_up_or_in_force_is_not_written_to_by_who_still_judges(measured: Store) -> None:
    toml = stricter()
    id_ = begin(measured, toml)
    with Store(measured.url) as other:
        slow = Session(other.engine)
        with slow:
            judge_and_keep(slow, [MOULIN], parse(toml), id_)
            with ThreadPoolExecutor(1) as beside:
                given_up = beside.submit(rejudging.give_up, measured)
                with pytest.raises(TimeoutError):
                    given_up.result(0.3)
                slow.commit()
                assert given_up.result(20) == "tests 2"
        with pytest.raises(Overtaken):
            other.write(lambda session: judge_and_keep(session, [TILLEULS], parse(toml), id_))
    with measured.reading() as session:
        assert session.exec(select(SchoolState.uai).where(SchoolState.generation == id_)).all() == [MOULIN]
    assert rejudging.tidy(measured) > 0
    assert verify(measured, judging=True) == []
