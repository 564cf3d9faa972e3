from dataclasses import replace

from checks.answers.system import Updates
from checks.system.updates import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(automatic=True, maximum_age_days=60)
FRESH = Updates(installed_days=3, looked_for_days=0, automatic=True, restart_pending=False)


def facts(**changes: object) -> Facts:
    return Facts(updates=replace(FRESH, **changes))  # type: ignore[arg-type]


ROWS = [
    Row("fresh", facts(), ASKS, READY, None),
    Row("nothing asked", facts(automatic=False, installed_days=900), Requirement(), READY, None),
    Row("the last day allowed", facts(installed_days=60), ASKS, READY, None),
    Row("one day too many", facts(installed_days=61), ASKS, BLOCKED, "updates_stale"),
    Row("cut off", facts(automatic=False), ASKS, BLOCKED, "updates_off"),
    Row("cut off, and the rest untold", facts(automatic=False, installed_days=None), ASKS, BLOCKED, "updates_off"),
    Row("a restart is waited for", facts(restart_pending=True), ASKS, AT_RISK, "restart_pending"),
    Row("no date", facts(installed_days=None), ASKS, UNMEASURED, "updates_not_told"),
    Row("no word on whether they are automatic", facts(automatic=None), ASKS, UNMEASURED, "updates_not_told"),
]
test_judge = judge_test(CHECK, ROWS)


def test_independent_faults_are_both_named() -> None:
    found = CHECK.judge(facts(automatic=False, installed_days=400, restart_pending=True), ASKS)
    assert [e.cause for e in found.evidence] == ["updates_off", "updates_stale", "restart_pending"]
