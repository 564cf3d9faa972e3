from checks.answers.system import Protection
from checks.system.protection import CHECK, Facts, Requirement
from tests.checks.judge_table import BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement()


def seen(antivirus: str | None, firewall: str | None) -> Facts:
    return Facts(protection=Protection(antivirus=antivirus, firewall=firewall))  # type: ignore[arg-type]


ROWS = [
    Row("both on", seen("on", "on"), ASKS, READY, None),
    Row("a system that goes without", seen("not_expected", "on"), ASKS, READY, None),
    Row("nothing asked", seen("absent", "off"), Requirement(antivirus=False, firewall=False), READY, None),
    Row("none", seen("absent", "on"), ASKS, BLOCKED, "antivirus_absent"),
    Row("stopped", seen("off", "on"), ASKS, BLOCKED, "antivirus_off"),
    Row("out of date", seen("outdated", "on"), ASKS, BLOCKED, "antivirus_outdated"),
    Row("no wall", seen("on", "off"), ASKS, BLOCKED, "firewall_off"),
    Row("untold", seen(None, "on"), ASKS, UNMEASURED, "protection_not_told"),
    Row("wall untold, antivirus stopped", seen("off", None), ASKS, BLOCKED, "antivirus_off"),
]
test_judge = judge_test(CHECK, ROWS)
