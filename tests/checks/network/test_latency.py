from checks.answers.ways import Latency
from checks.network.latency import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(recommended_ms=300, maximum_ms=1000)


def took(*round_trips_us: int) -> Facts:
    failure = None if round_trips_us else "timeout"
    return Facts(latency=Latency(asked="collector", failure=failure, round_trips_us=round_trips_us))


ROWS = [
    Row("quick", took(20_000, 21_000, 19_000), ASKS, READY, None),
    Row("one late answer is no slow line", took(20_000, 21_000, 2_000_000), ASKS, READY, None),
    Row("a satellite", took(610_000, 605_000, 640_000), ASKS, AT_RISK, "latency_high"),
    Row("hopeless", took(1_900_000), ASKS, BLOCKED, "latency_high"),
    Row("nothing asked", took(1_900_000), Requirement(), READY, None),
    Row("nothing came back", took(), ASKS, UNMEASURED, "nothing_came_back"),
]
test_judge = judge_test(CHECK, ROWS)
