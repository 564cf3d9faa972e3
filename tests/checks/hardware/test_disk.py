from checks.answers.hardware import Disk
from checks.hardware.disk import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, READY, Row, judge_test

ASKS = Requirement(minimum_free_bytes=500_000_000, recommended_free_bytes=5_000_000_000)


def free(free_bytes: int) -> Facts:
    return Facts(disk=Disk(total_bytes=64_000_000_000, free_bytes=free_bytes))


ROWS = [
    Row("room enough", free(5_000_000_000), ASKS, READY, None),
    Row("nothing asked", free(0), Requirement(), READY, None),
    Row("little room", free(4_999_999_999), ASKS, AT_RISK, "disk_below_recommended"),
    Row("almost full", free(499_999_999), ASKS, BLOCKED, "disk_almost_full"),
]
test_judge = judge_test(CHECK, ROWS)
