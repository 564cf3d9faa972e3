"""Names: resolvers that are silent, refuse, lie, or are slow."""

from typing import Final

from checks.model import Outcome
from tests.lab.faults import dns, no_dns, passing, received, resolver, resolver_told
from tests.lab.scenario import Expected, Scenario
from tests.lab.world import BLOCK_PAGE, CDN, ENT, RESOURCES

_ALL: Final = ("clock", "reach", "mtu", "tls", "page", "websocket", "latency")
_UNNAMED: Final[Expected] = dict.fromkeys(("reach", "mtu", "tls", "page"), "<dns")
_ENT_UNNAMED: Final[Expected] = {**_UNNAMED, "websocket": "<dns"}
_ENT_ELSEWHERE: Final[Expected] = dict.fromkeys(("tls", "page", "websocket"), "<dns")
_CDN_UNNAMED: Final[Expected] = dict.fromkeys(("reach", "mtu", "tls"), "<dns")
_NOTHING_NAMED: Final[Expected] = {**_ENT_UNNAMED, "clock": "<dns", "latency": "<dns"}

SCENARIOS: Final = (
    Scenario(
        name="dns_no_such_ent",
        fault="the school's resolver says that the ENT does not exist",
        steps=(dns(f"address=/{ENT.host}/"),),
        expect={**_ENT_UNNAMED, "dns": "name_refused:resolver"},
    ),
    Scenario(
        name="dns_no_such_ent_alone",
        fault="the same, and the workstation knows no collector",
        steps=(dns(f"address=/{ENT.host}/"),),
        without_collector=True,
        expect={**_ENT_UNNAMED, "dns": "name_refused:resolver"},
    ),
    Scenario(
        name="dns_no_such_cdn",
        fault="the school's resolver says that the ENT's CDN does not exist",
        steps=(dns(f"address=/{CDN.host}/"),),
        expect={**_CDN_UNNAMED, "dns": "name_refused:resolver"},
    ),
    Scenario(
        name="dns_no_such_resources",
        fault="the school's resolver says that the second service does not exist",
        steps=(dns(f"address=/{RESOURCES.host}/"),),
        expect={**_UNNAMED, "dns": "name_refused:resolver"},
    ),
    Scenario(
        name="dns_sinkhole_zero",
        fault="the school's resolver sends the ENT to 0.0.0.0 and ::",
        steps=(dns(f"address=/{ENT.host}/0.0.0.0", f"address=/{ENT.host}/::"),),
        expect={**_ENT_UNNAMED, "dns": "name_sinkholed:resolver"},
    ),
    Scenario(
        name="dns_sinkhole_loopback",
        fault="the school's resolver sends the ENT to 127.0.0.1",
        steps=(dns(f"address=/{ENT.host}/127.0.0.1"),),
        expect={**_ENT_UNNAMED, "dns": "name_sinkholed:resolver"},
    ),
    Scenario(
        name="dns_to_block_page",
        fault="the school's resolver sends the ENT to its block page, which answers on port 80 only",
        steps=(dns(f"address=/{ENT.host}/{BLOCK_PAGE}"),),
        expect={**_ENT_UNNAMED, "dns": "name_sinkholed:resolver"},
    ),
    Scenario(
        name="dns_to_block_page_https",
        fault="the school's resolver sends the ENT to its block page, which has another name's certificate",
        steps=(dns(f"address=/{ENT.host}/192.88.99.32"),),
        expect={**_ENT_ELSEWHERE, "dns": "name_sinkholed:resolver"},
    ),
    Scenario(
        name="dns_to_private_page",
        fault="the school's resolver sends the ENT to a private address that nobody holds",
        steps=(dns(f"address=/{ENT.host}/10.99.99.99"), passing("ip daddr 10.0.0.0/8 drop")),
        expect={**_ENT_UNNAMED, "dns": "name_sinkholed:resolver"},
    ),
    Scenario(
        name="dns_safe_search",
        fault="the school's resolver sends the second service to a filtered look-alike (CNAME)",
        steps=(dns(f"cname={RESOURCES.host},autrenom.test", "host-record=autrenom.test,192.88.99.32"),),
        expect={"tls": "<dns", "page": "<dns", "dns": "name_rewritten:resolver"},
    ),
    Scenario(
        name="dns_silent",
        fault="the school's resolver does not answer",
        steps=(no_dns, received("udp dport 53 drop", "tcp dport 53 drop")),
        expect={**_NOTHING_NAMED, "dns": "resolver_silent:resolver"},
    ),
    Scenario(
        name="dns_refuses_port",
        fault="no resolver runs where the workstation is told to ask",
        steps=(no_dns,),
        expect={**_NOTHING_NAMED, "dns": "resolver_silent:resolver"},
    ),
    Scenario(
        name="dns_far_blocked",
        fault="the workstation is told a resolver outside, and the firewall drops port 53",
        steps=(resolver_told("nameserver 192.88.99.53"), passing("udp dport 53 drop", "tcp dport 53 drop")),
        expect={**_NOTHING_NAMED, "dns": "resolver_silent:resolver"},
    ),
    Scenario(
        name="dns_refused",
        fault="the resolver refuses to answer this school",
        steps=(resolver({"*": {"rcode": "REFUSED"}}),),
        expect={**_NOTHING_NAMED, "dns": "resolver_refused:resolver"},
    ),
    Scenario(
        name="dns_servfail",
        fault="the resolver fails on every name",
        steps=(resolver({"*": {"rcode": "SERVFAIL"}}),),
        expect={**_NOTHING_NAMED, "dns": "resolver_failed:resolver"},
    ),
    Scenario(
        name="dns_servfail_ent",
        fault="the resolver fails on the ENT's name only (a broken DNSSEC chain does that)",
        steps=(resolver({ENT.host: {"rcode": "SERVFAIL"}}),),
        expect={**_ENT_UNNAMED, "dns": "resolver_failed:resolver"},
    ),
    Scenario(
        name="dns_empty_ent",
        fault="the resolver answers that the ENT's name has no address",
        steps=(resolver({ENT.host: {"a": [], "aaaa": []}}),),
        expect={**_ENT_UNNAMED, "dns": "name_refused:resolver"},
    ),
    Scenario(
        name="dns_slow",
        fault="the resolver takes three and a half seconds for each answer",
        steps=(resolver({"*": {"delay_ms": 3_500}}),),
        expect={"dns": "resolver_slow:resolver"},
        outcome=Outcome.AT_RISK,
    ),
    Scenario(
        name="dns_first_resolver_dead",
        fault="the first of two resolvers is dead, and every name costs five seconds",
        steps=(resolver_told("nameserver 192.168.250.250", "nameserver 192.88.99.53"),),
        expect={"dns": "resolver_slow:resolver"},
        outcome=Outcome.AT_RISK,
    ),
)
