"""Networks nobody described beforehand: half-broken, mixed, or strange, as they come."""

from typing import Final

from tests.lab.faults import clock, dns, line, middle, mtu, passing, plain, resolver, squid
from tests.lab.scenario import Scenario
from tests.lab.world import CDN, ENT

SCENARIOS: Final = (
    Scenario(
        name="odd_dns_no_ipv6_names",
        fault="none: the resolver hides IPv6 addresses",
        ipv6=True,
        steps=(resolver({ENT.host: {"aaaa": []}, CDN.host: {"aaaa": []}}),),
    ),
    Scenario(
        name="odd_dns_lies_by_ipv6_only",
        fault="the resolver sends the ENT to a wrong IPv6 address; the line has none, so nobody notices",
        steps=(resolver({ENT.host: {"aaaa": ["2002:c058:6302::60"]}}),),
    ),
    Scenario(
        name="odd_dns_two_names_two_ways",
        fault="the ENT's name is refused, its CDN's sent to the block page",
        steps=(dns(f"address=/{ENT.host}/", f"address=/{CDN.host}/192.88.99.60"),),
        expect={
            "dns": ("name_refused:resolver", "name_sinkholed:resolver"),
            **dict.fromkeys(("reach", "mtu", "tls", "page", "websocket"), "<dns"),
        },
    ),
    Scenario(
        name="odd_slow_by_name",
        fault="none: a filter slows the ENT down to 300 kbit/s",
        steps=(middle({ENT.host: {"do": "splice", "kbps": 300}}),),
    ),
    Scenario(
        name="odd_encoding_stripped",
        fault="none: a filter decrypts, trusted, and takes compression away",
        trust="with_filter",
        steps=(middle(otherwise={"do": "decrypt", "no_encoding": True}, ca="trusted"),),
    ),
    Scenario(
        name="odd_decrypted_and_late",
        fault="a filter decrypts, unknown to the workstation, whose clock is two hours late",
        steps=(squid(ca="unknown", transparent=True), clock("-2h")),
        expect={
            "clock": "clock_behind:owner",
            "tls": "interception_untrusted:owner",
            "page": "<tls",
            "websocket": "<tls",
        },
    ),
    Scenario(
        name="odd_mtu_told",
        fault="none: a tunnel of 1300 bytes whose box says so",
        steps=(mtu(1300, silent=False),),
    ),
    Scenario(
        name="odd_syn_limited",
        fault="none: the firewall lets ten new connections a second through",
        steps=(
            passing("tcp flags syn tcp flags & (syn | ack) == syn limit rate over 10/second burst 20 packets drop"),
        ),
    ),
    Scenario(
        name="odd_routed_dual",
        fault="none: routed without hiding, IPv4 and IPv6, through a fibre",
        ipv6=True,
        steps=(plain, line({"delay_ms": 4})),
    ),
)
