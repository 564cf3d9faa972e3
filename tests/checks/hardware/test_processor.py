from dataclasses import replace

from checks.answers.hardware import Processor
from checks.hardware.processor import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(
    bits_64=True, minimum_cores_count=2, minimum_mhz=1000, recommended_cores_count=4, recommended_mhz=2000
)
I5 = Processor(
    maker="intel",
    architecture="x86",
    bits=64,
    family=6,
    model=142,
    stepping=10,
    cores_count=4,
    threads_count=8,
    maximum_mhz=3400,
)


def with_(**changes: object) -> Facts:
    return Facts(processor=replace(I5, **changes))  # type: ignore[arg-type]


ROWS = [
    Row("strong", with_(), ASKS, READY, None),
    Row("just enough", with_(cores_count=2, maximum_mhz=1000), ASKS, AT_RISK, "processor_below_recommended"),
    Row("one core", with_(cores_count=1), ASKS, BLOCKED, "processor_below_minimum"),
    Row(
        "cores untold, threads counted",
        with_(cores_count=None, threads_count=1),
        ASKS,
        BLOCKED,
        "processor_below_minimum",
    ),
    Row("too slow", with_(maximum_mhz=999), ASKS, BLOCKED, "processor_below_minimum"),
    Row("32 bits", with_(bits=32), ASKS, BLOCKED, "processor_32_bits"),
    Row("speed untold", with_(maximum_mhz=None), ASKS, UNMEASURED, "processor_not_told"),
    Row("nothing asked", with_(bits=32, cores_count=1, maximum_mhz=None), Requirement(), READY, None),
]
test_judge = judge_test(CHECK, ROWS)
