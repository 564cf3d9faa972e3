from typing import Any

from checks.answers.network import Interface, Network
from checks.network.address import CHECK, Facts, Requirement
from tests.checks.judge_table import BLOCKED, READY, Row, judge_test


def network(*cards: tuple[bool, Any, Any], ipv4_route: bool = True, **signs: Any) -> Facts:
    return Facts(
        network=Network(
            interfaces=tuple(Interface(kind="wired", up=up, ipv4=v4, ipv6=v6) for up, v4, v6 in cards),
            ipv4_route=ipv4_route,
            ipv6_route=False,
            **signs,
        )
    )


ASKS = Requirement()
HOME = (True, "private", "link_local")
ROWS = [
    Row("a card with address and route", network((True, "private", "link_local")), Requirement(), READY, None),
    Row("no card", network(), Requirement(), BLOCKED, "no_card_up"),
    Row("cable unplugged", network((False, None, None)), Requirement(), BLOCKED, "no_card_up"),
    Row("DHCP silent", network((True, "link_local", None)), Requirement(), BLOCKED, "no_address_given"),
    Row("no gateway on the wire", network(HOME, gateway="silent", beyond="silent"), ASKS, BLOCKED, "gateway_silent"),
    Row("a cut line", network(HOME, gateway="answers", beyond="silent"), ASKS, BLOCKED, "nothing_beyond"),
    Row("a gateway that hides, and lets through", network(HOME, gateway="silent", beyond="answers"), ASKS, READY, None),
    Row("no gateway", network((True, "private", None), ipv4_route=False), Requirement(), BLOCKED, "no_default_route"),
]
test_judge = judge_test(CHECK, ROWS)
