from typing import Any

from checks.answers.ways import Family
from checks.model import Service
from checks.network.ipv6 import CHECK, Facts, Requirement
from tests.checks.judge_table import AT_RISK, ENT, READY, UNMEASURED, Row, judge_test

CDN = Service(name="cdn", title="Le CDN", url="https://cdn.example.fr/")
ASKS = Requirement(services=(ENT,))
TWO = Requirement(services=(ENT, CDN))


def family(host: str = "ent.example.fr", **seen: Any) -> Family:
    usual: dict[str, Any] = {"has_ipv6": True, "ipv6": None, "ipv6_ms": 20, "ipv4": None, "ipv4_ms": 20, "both_ms": 20}
    return Family(host=host, port=443, **{"via_proxy": False, **usual, **seen})


BROKEN = {"ipv6": "timeout", "ipv6_ms": 3000, "both_ms": 280}
ROWS = [
    Row("both answer", Facts(families=(family(),)), ASKS, READY, None),
    Row("absent", Facts(families=(family(has_ipv6=False, ipv6="unreachable"),)), ASKS, READY, None),
    Row("a proxy sees to it", Facts(families=(family(via_proxy=True, **BROKEN),)), ASKS, READY, None),
    Row("broken everywhere", Facts(families=(family(**BROKEN),)), ASKS, AT_RISK, "ipv6_broken"),
    Row(
        "passes elsewhere",
        Facts(families=(family(**BROKEN), family("cdn.example.fr"))),
        TWO,
        AT_RISK,
        "ipv6_blocked",
    ),
    Row(
        "neither family: another's cause",
        Facts(families=(family(ipv6="timeout", ipv4="timeout", both_ms=None),)),
        ASKS,
        READY,
        None,
    ),
    Row("not asked", Facts(families=()), ASKS, UNMEASURED, "never_asked"),
]
test_judge = judge_test(CHECK, ROWS)
