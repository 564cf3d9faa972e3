"""Clocks that are wrong, and what they break."""

from typing import Final

from tests.lab.faults import clock, squid
from tests.lab.scenario import Expected, Scenario

_ALL: Final[Expected] = dict.fromkeys(("tls", "page", "websocket"), "<clock")

SCENARIOS: Final = (
    Scenario(
        name="clock_1_hour_late",
        fault="the clock is one hour late",
        steps=(clock("-1h"),),
        expect={"clock": "clock_behind:owner"},
        sends=True,
    ),
    Scenario(
        name="clock_1_hour_ahead",
        fault="the clock is one hour ahead",
        steps=(clock("+1h"),),
        expect={"clock": "clock_ahead:owner"},
    ),
    Scenario(
        name="clock_1_hour_late_alone",
        fault="the clock is one hour late, and the workstation knows no collector",
        steps=(clock("-1h"),),
        without_collector=True,
        expect={"clock": "clock_behind:owner"},
    ),
    Scenario(
        name="clock_in_2015",
        fault="a dead battery: the workstation is in 2015, and every certificate is not yet valid",
        steps=(clock("-4000d"),),
        expect={"clock": "clock_behind:owner", **_ALL},
    ),
    Scenario(
        name="clock_in_2046",
        fault="the workstation is twenty years ahead, and every certificate has expired",
        steps=(clock("+7300d"),),
        expect={"clock": "clock_ahead:owner", **_ALL},
    ),
    Scenario(
        name="clock_in_2015_decrypted",
        fault="a dead battery behind a filter that decrypts and is trusted",
        trust="with_filter",
        steps=(squid(ca="trusted", transparent=True), clock("-4000d")),
        expect={"clock": "clock_behind:owner", **_ALL},
    ),
)
