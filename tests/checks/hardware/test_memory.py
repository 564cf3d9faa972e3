from checks.answers.hardware import Memory
from checks.hardware.memory import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, READY, Row, judge_test

ASKS = Requirement(minimum_bytes=4_000_000_000, recommended_bytes=8_000_000_000)


def fitted(total_bytes: int) -> Facts:
    return Facts(memory=Memory(total_bytes=total_bytes, available_bytes=0))


ROWS = [
    Row("plenty", fitted(16_000_000_000), ASKS, READY, None),
    Row("nothing asked", fitted(1), Requirement(), READY, None),
    Row("4 GiB of which graphics keep a part", fitted(3_700_000_000), ASKS, AT_RISK, "memory_below_recommended"),
    Row("a 2 GB netbook", fitted(2_080_000_000), ASKS, BLOCKED, "memory_below_minimum"),
]
test_judge = judge_test(CHECK, ROWS)
