from typing import Any

from checks.answers.ways import Link
from checks.model import speed
from checks.network.link import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(minimum_kbps=10_000, recommended_kbps=100_000, minimum_signal_percent=40)


def card(kind: Any = "wired", **seen: Any) -> Link:
    usual: dict[str, Any] = {
        "up": True,
        "carries": True,
        "radio_off": None,
        "speed_kbps": 1_000_000,
        "able_kbps": 1_000_000,
        "offered_kbps": 1_000_000,
        "duplex": "full",
        "signal_percent": None,
        "band": None,
    }
    return Link(kind=kind, **{**usual, **seen})


def wifi(**seen: Any) -> Link:
    unseen = {"able_kbps": None, "offered_kbps": None, "duplex": None, "speed_kbps": 144_000, "radio_off": False}
    return card("wifi", **{**unseen, "signal_percent": 80, "band": "5", **seen})


def down(kind: Any, **seen: Any) -> Link:
    return card(kind, up=False, carries=False, speed_kbps=None, offered_kbps=None, duplex=None, **seen)


def facts(*links: Link) -> Facts:
    return Facts(links=links)


ROWS = [
    Row("a gigabit cable", facts(card()), ASKS, READY, None),
    Row("a good Wi-Fi", facts(down("wired"), wifi()), ASKS, READY, None),
    Row("the other end offers no more", facts(card(speed_kbps=100_000, offered_kbps=100_000)), ASKS, READY, None),
    Row("a pair is missing in the cable", facts(card(speed_kbps=100_000)), ASKS, AT_RISK, "cable_slows"),
    Row("one way at a time", facts(card(duplex="half")), ASKS, AT_RISK, "half_duplex"),
    Row("under the recommended", facts(card(speed_kbps=10_000, offered_kbps=10_000)), ASKS, AT_RISK, "link_slow"),
    Row("under the minimum", facts(wifi(speed_kbps=6_000)), ASKS, BLOCKED, "link_slow"),
    Row("a weak Wi-Fi", facts(wifi(signal_percent=20)), ASKS, AT_RISK, "wifi_weak"),
    Row("only the card that leads out counts", facts(card(), wifi(carries=False, speed_kbps=1_000)), ASKS, READY, None),
    Row("nothing asked", facts(card(speed_kbps=10_000, offered_kbps=10_000)), Requirement(), READY, None),
    Row("Wi-Fi only, and off", facts(down("wifi", radio_off=True)), ASKS, UNMEASURED, "wifi_off"),
    Row("Wi-Fi only, nothing to join", facts(down("wifi", radio_off=False)), ASKS, UNMEASURED, "wifi_off"),
    Row("a cable pulled out", facts(down("wired"), down("wifi")), ASKS, UNMEASURED, "speed_not_told"),
    Row("a virtual card", facts(card("virtual", speed_kbps=10_000)), ASKS, UNMEASURED, "speed_not_told"),
]
test_judge = judge_test(CHECK, ROWS)


def test_speeds_read_as_people_say_them() -> None:
    assert [speed(n) for n in (800, 2_500, 100_000, 1_000_000, 2_500_000)] == [
        "800 kbit/s",
        "2,5 Mbit/s",
        "100 Mbit/s",
        "1 Gbit/s",
        "2,5 Gbit/s",
    ]
