"""A judge's table: facts and a requirement on the left, the outcome and cause on the right."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from checks.model import Check, Outcome, Service


class Row(NamedTuple):
    name: str
    facts: Any
    requirement: Any
    outcome: Outcome
    cause: str | None


ENT = Service(name="ent", title="L'ENT", url="https://ent.example.fr/", known_text="Bienvenue")
READY, AT_RISK, BLOCKED, UNMEASURED = Outcome.READY, Outcome.AT_RISK, Outcome.BLOCKED, Outcome.UNMEASURED


def judge_test(check: Check[Any, Any], rows: Sequence[Row]) -> Callable[..., None]:
    """Make the test of a check's table; the contract test sees to it that every cause has a row."""

    @pytest.mark.parametrize("row", rows, ids=[row.name for row in rows])
    def test(row: Row) -> None:
        verdict = check.judge(row.facts, row.requirement)
        assert (verdict.outcome, verdict.cause) == (row.outcome, row.cause)
        assert all(e.sentence.endswith(".") for e in verdict.evidence)

    return test
