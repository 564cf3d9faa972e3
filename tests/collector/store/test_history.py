"""How schools moved is told net, in the order things happened, on both databases."""

import pytest
from sqlmodel import Session, col

from checks.model import Outcome
from collector.judged import Transition
from collector.store.engine import Store
from collector.store.history import moves_since, outcome_changes
from collector.tables import School
from tests.collector.conftest import MARELLE, MOULIN, TILLEULS

AT = 1_790_000_000
READY, AT_RISK, BLOCKED, UNMEASURED = (one.value for one in (*Outcome,))
SAID = (
    (MOULIN, AT - 9, UNMEASURED, READY),  # before the while that is asked about
    (MOULIN, AT, READY, BLOCKED),
    (TILLEULS, AT, UNMEASURED, AT_RISK),
    (MOULIN, AT, BLOCKED, AT_RISK),  # within the same second: what was written later came later
    (TILLEULS, AT, AT_RISK, UNMEASURED),  # back where it was: it has not moved
    (MARELLE, AT + 5, BLOCKED, READY),
)


def say(session: Session) -> None:
    """Note outcomes of schools, and a cause of one, which is none."""
    why = {"workstations": 1, "why": "report", "generation": 1}
    for uai, at, before, after in SAID:
        session.add(Transition(uai=uai, at=at, before=before, after=after, **why))
        session.flush()
    session.add(Transition(uai=MARELLE, at=AT, check_id="network.dns", cause="x", before="", after="site", **why))


@pytest.mark.both_databases
def test_schools_move_from_where_they_were_to_where_they_are(filled: Store) -> None:
    filled.write(say)
    with filled.reading() as session:
        found = moves_since(session, [col(School.is_open)], AT)
        assert found.counts == ((Outcome.BLOCKED, Outcome.READY, 1), (Outcome.READY, Outcome.AT_RISK, 1))
        told = [(school.uai, change.after.value) for school, change in found.latest]
        assert told[:2] == [(MARELLE, READY), (TILLEULS, UNMEASURED)]
        assert moves_since(session, [col(School.is_open)], AT + 6).counts == ()
        assert [change.after.value for change in outcome_changes(session, MOULIN)] == [READY, BLOCKED, AT_RISK]
