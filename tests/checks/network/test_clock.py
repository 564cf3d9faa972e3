from checks.answers.network import ServerClock
from checks.network.clock import CHECK, Facts, Requirement
from tests.checks.judge_table import BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(maximum_offset_ms=300_000)
SILENT = ServerClock(failure="timeout", offset_ms=None, round_trip_ms=None)


def off(offset_ms: int, round_trip_ms: int = 40) -> ServerClock:
    return ServerClock(failure=None, offset_ms=offset_ms, round_trip_ms=round_trip_ms)


ROWS = [
    Row("on time", Facts(collector=off(800), services=()), ASKS, READY, None),
    Row("nothing asked", Facts(collector=off(9_000_000), services=()), Requirement(), READY, None),
    Row("ahead", Facts(collector=off(302_000), services=()), ASKS, BLOCKED, "clock_ahead"),
    Row("behind", Facts(collector=off(-86_400_000), services=()), ASKS, BLOCKED, "clock_behind"),
    Row("a slow answer is no wrong clock", Facts(collector=off(305_000, 9_000), services=()), ASKS, READY, None),
    Row("the collector first", Facts(collector=off(0, 900), services=(off(900_000, 10),)), ASKS, READY, None),
    Row("else the quickest", Facts(collector=None, services=(off(900_000, 500), off(0, 10))), ASKS, READY, None),
    Row("none answered", Facts(collector=SILENT, services=(SILENT,)), ASKS, UNMEASURED, "no_server_clock"),
]
test_judge = judge_test(CHECK, ROWS)
