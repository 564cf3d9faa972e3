from dataclasses import replace
from datetime import date

from checks.answers.system import Release
from checks.system.release import CHECK, Facts, Requirement, Support
from tests.checks.judge_table import BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(
    supported=(
        Support(
            name="Windows 10 22H2",
            family="windows",
            build=19045,
            ends_on=date(2025, 10, 14),
            extended_ends_on=date(2028, 10, 10),
        ),
        Support(name="Windows 11 24H2", family="windows", build=26100, editions=("pro",), ends_on=date(2026, 10, 13)),
        Support(name="Debian 12", family="linux", distribution="debian", version=(12,), ends_on=date(2028, 6, 30)),
    ),
    observed_on=date(2026, 11, 24),
)
OPENING_LATE = replace(ASKS, opens_on=date(2028, 9, 1))


def windows(build: int, edition: str = "pro", extended: bool | None = None) -> Facts:
    return Facts(
        release=Release(
            family="windows",
            distribution="",
            version=(10, 0),
            build=build,
            edition=edition,  # type: ignore[arg-type]
            extended_support=extended,
            bits=64,
        )
    )


DEBIAN = Facts(
    release=Release(
        family="linux", distribution="debian", version=(12, 8), build=None, edition="", extended_support=None, bits=64
    )
)
ROWS = [
    Row("maintained", DEBIAN, ASKS, READY, None),
    Row("maintained today, not at opening", DEBIAN, OPENING_LATE, BLOCKED, "support_ended"),
    Row("ended", windows(26100), ASKS, BLOCKED, "support_ended"),
    Row("another edition", windows(26100, "education"), ASKS, UNMEASURED, "release_not_listed"),
    Row("Windows 10 with ESU", windows(19045, extended=True), ASKS, READY, None),
    Row("Windows 10 without ESU", windows(19045, extended=False), ASKS, BLOCKED, "support_ended"),
    Row("Windows 10, ESU untold", windows(19045), ASKS, UNMEASURED, "extended_support_unknown"),
    Row("no day at all", DEBIAN, replace(ASKS, observed_on=None), UNMEASURED, "day_unknown"),
]
test_judge = judge_test(CHECK, ROWS)
