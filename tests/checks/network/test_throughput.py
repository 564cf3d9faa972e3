from typing import Any

from checks.answers.ways import Link, Throughput
from checks.network.throughput import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(
    minimum_down_kbps=8_000,
    recommended_down_kbps=100_000,
    minimum_up_kbps=1_000,
    recommended_up_kbps=30_000,
    recommended_loaded_ms=300,
    busy_percent=90,
    wired_percent=90,
    wifi_percent=50,
)


def card(kind: Any, speed_kbps: int | None) -> Link:
    unseen: dict[str, Any] = dict.fromkeys(("radio_off", "able_kbps", "offered_kbps", "signal_percent", "band"))
    return Link(kind=kind, up=True, carries=True, speed_kbps=speed_kbps, duplex="full", **unseen)


def carried(down_kbps: int | None, up_kbps: int | None, **seen: Any) -> Facts:
    usual: dict[str, Any] = {"failure": None, "idle_us": 20_000, "down_loaded_us": 60_000, "up_loaded_us": 70_000}
    usual |= {"busy_percent": 30, "link": card("wired", 1_000_000), "via_proxy": False, "took_ms": 9_000}
    usual |= {"down_bytes": 14_000_000, "up_bytes": 8_000_000}
    return Facts(throughput=Throughput(down_kbps=down_kbps, up_kbps=up_kbps, **{**usual, **seen}))


ROWS = [
    Row("a fibre", carried(300_000, 200_000), ASKS, READY, None),
    Row("a browser does not know its card", carried(300_000, 200_000, link=None, busy_percent=None), ASKS, READY, None),
    Row("under the minimum", carried(4_000, 2_000), ASKS, BLOCKED, "down_slow"),
    Row("under the recommended", carried(50_000, 40_000), ASKS, AT_RISK, "down_slow"),
    Row("sends too slowly", carried(300_000, 800), ASKS, BLOCKED, "up_slow"),
    Row("queues too long", carried(300_000, 200_000, up_loaded_us=900_000), ASKS, AT_RISK, "slow_under_load"),
    Row("an old cable", carried(93_000, 93_000, link=card("wired", 100_000)), ASKS, AT_RISK, "link_limits"),
    Row("a far Wi-Fi", carried(30_000, 30_000, link=card("wifi", 58_000)), ASKS, AT_RISK, "wifi_limits"),
    Row("a fast Wi-Fi", carried(30_000, 30_000, link=card("wifi", 866_000)), ASKS, AT_RISK, "down_slow"),
    Row("a busy workstation", carried(50_000, 50_000, busy_percent=97), ASKS, AT_RISK, "workstation_limits"),
    Row("nothing asked", carried(1_000, 100), Requirement(), READY, None),
    Row("nothing passed", carried(None, None, failure="reset"), ASKS, UNMEASURED, "nothing_carried"),
]
test_judge = judge_test(CHECK, ROWS)
