"""Pages and exchanges that are not what was asked for, behind a filter that the workstation trusts."""

from typing import Final

from checks.model import Outcome
from tests.lab.faults import line, middle, only_proxy, squid, told_proxy
from tests.lab.scenario import Scenario
from tests.lab.world import ENT, RESOURCES

_FORTINET: Final = (
    "<html><title>Web Page Blocked</title><h2>FortiGuard Intrusion Prevention - Access Blocked</h2></html>"
)
_OLFEO: Final = "<html><title>Olfeo</title><p>L'accès à ce site est bloqué par votre établissement.</p></html>"
_PLAIN: Final = "<html><title>Accès refusé</title><p>Ce site est bloqué par la politique de filtrage.</p></html>"
_OTHER: Final = "<html><title>Bienvenue</title><p>Le site de la commune</p></html>"


def _answered(name: str, fault: str, cause: str, host: str = ENT.host, **rule: object) -> Scenario:
    """A filter that decrypts, trusted, answers in a service's place."""
    expect = {"page": cause} | ({"websocket": "<page"} if host == ENT.host else {})
    step = middle({host: {"do": "page", **rule}}, {"do": "decrypt"}, ca="trusted")
    return Scenario(name=name, fault=fault, trust="with_filter", steps=(step,), expect=expect)


SCENARIOS: Final = (
    _answered(
        "page_blocked_fortinet", "a FortiGate answers 403 with its page", "page_blocked:filter",
        status="403 Forbidden", body=_FORTINET,
    ),
    _answered(
        "page_blocked_fortinet_200", "a FortiGate answers 200 with its page", "page_blocked:filter", body=_FORTINET
    ),
    _answered("page_blocked_olfeo", "Olfeo answers 200 with its page", "page_blocked:filter", body=_OLFEO),
    _answered(
        "page_blocked_unknown", "a filter nobody knows answers 200 with words of refusal", "page_blocked:filter",
        body=_PLAIN,
    ),
    _answered(
        "page_blocked_resources", "a filter answers in the second service's place", "page_blocked:filter",
        RESOURCES.host, body=_PLAIN,
    ),
    _answered("page_replaced", "another page comes in the ENT's place", "page_replaced:filter", body=_OTHER),
    _answered("page_empty", "an empty page comes in the ENT's place", "page_replaced:filter", body=""),
    _answered(
        "page_sent_to_block_page", "a filter sends the ENT to its block page", "page_sent_elsewhere:filter",
        status="302 Found", headers={"Location": "https://blocage.filtre.test/?u=ent"}, body="?",
    ),
    Scenario(
        name="page_blocked_squid",
        fault="squid decrypts, trusted, and refuses the ENT inside",
        trust="with_filter",
        steps=(squid(f"acl ent dstdomain {ENT.host}", "acl c method CONNECT", "http_access deny !c ent", ca="trusted"),
               told_proxy(), only_proxy),
        expect={"page": "page_blocked:filter", "websocket": "<page"},
    ),
    Scenario(
        name="page_cut",
        fault="a filter cuts answers of the ENT after 4 kB",
        steps=(middle({ENT.host: {"do": "splice", "most": 4_000, "cut": True}}),),
        expect={"page": "page_not_received:filter"},
    ),
    Scenario(
        name="page_stalls",
        fault="a filter lets answers of the ENT stall after 4 kB",
        steps=(middle({ENT.host: {"do": "splice", "most": 4_000}}),),
        expect={"page": "page_not_received:filter"},
    ),
    Scenario(
        name="page_slow",
        fault="a line that takes 900 ms there and back: the pages come, and late",
        variant="pages",
        steps=(line({"delay_ms": 450, "kbps": 20_000}),),
        expect={"page": "page_slow:isp", "latency": "latency_high:isp"},
        outcome=Outcome.AT_RISK,
    ),
    Scenario(
        name="websocket_cut",
        fault="a filter decrypts, trusted, and resets connections that ask to upgrade",
        trust="with_filter",
        steps=(middle(otherwise={"do": "decrypt", "cut_upgrade": True}, ca="trusted"),),
        expect={"websocket": "websocket_cut:filter"},
    ),
    Scenario(
        name="websocket_stripped",
        fault="a filter decrypts, trusted, and takes requests to upgrade away",
        trust="with_filter",
        steps=(middle(otherwise={"do": "decrypt", "no_upgrade": True}, ca="trusted"),),
        expect={"websocket": "websocket_refused:filter"},
    ),
    Scenario(
        name="websocket_refused_by_squid",
        fault="squid decrypts, trusted, as it comes: it knows no web sockets",
        trust="with_filter",
        steps=(squid("http_upgrade_request_protocols websocket deny all", ca="trusted", transparent=True),),
        expect={"websocket": "websocket_refused:filter"},
    ),
)  # fmt: skip
