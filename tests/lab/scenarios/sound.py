"""Networks where the ENT opens: none of them may be called broken."""

from typing import Final

from checks.model import Outcome
from tests.lab.faults import (
    clock,
    dns,
    e2guardian,
    line,
    mtu,
    on_pc,
    only_proxy,
    passing,
    plain,
    received,
    resolver_told,
    squid,
    told_proxy,
)
from tests.lab.scenario import Scenario
from tests.lab.world import CDN, CDN_ELSEWHERE, COLLECTOR, ENT, RESOURCES

_SERVICES: Final = (ENT.host, CDN.host, RESOURCES.host, COLLECTOR.host)
_ADSL: Final = ({"delay_ms": 18, "jitter_ms": 3, "kbps": 8_000}, {"delay_ms": 18, "jitter_ms": 3, "kbps": 800})

SCENARIOS: Final = (
    Scenario(name="sound_routed", fault="none: routed, no address hidden", steps=(plain,)),
    Scenario(name="sound_box", fault="none: a box that hides addresses, IPv4 only", sends=True),
    Scenario(name="sound_dual_stack", fault="none: IPv4 and IPv6", ipv6=True),
    Scenario(name="sound_alone", fault="none, and the workstation knows no collector", without_collector=True),
    Scenario(
        name="sound_adsl", fault="none: an ADSL line, 8 Mbit/s down, 0.8 up, 36 ms", steps=(line(*_ADSL),), sends=True
    ),
    Scenario(
        name="sound_thin_line",
        fault="none: a thin line, 2 Mbit/s down, 0.4 up, 50 ms",
        steps=(line({"delay_ms": 25, "kbps": 2_000}, {"delay_ms": 25, "kbps": 400}),),
    ),
    Scenario(name="sound_fibre", fault="none: a fibre, 6 ms", steps=(line({"delay_ms": 3}),)),
    Scenario(
        name="sound_satellite",
        fault="a satellite: sound, and 600 ms there and back",
        steps=(line({"delay_ms": 300, "jitter_ms": 10, "kbps": 20_000}, {"delay_ms": 300, "kbps": 3_000}),),
        expect={"latency": "latency_high:isp"},
        outcome=Outcome.AT_RISK,
    ),
    Scenario(
        name="sound_mobile",
        fault="none: a 4G box, 60 ms with much jitter, 1 % lost",
        steps=(line({"delay_ms": 30, "jitter_ms": 20, "loss_percent": 0.5, "kbps": 15_000}),),
    ),
    Scenario(
        name="sound_loss_1",
        fault="none: 1 % of packets lost",
        steps=(line({"delay_ms": 10, "loss_percent": 0.5}),),
    ),
    Scenario(
        name="sound_mtu_1492",
        fault="none: PPPoE, packets of 1492 bytes, and the box says so",
        steps=(mtu(1492, silent=False),),
    ),
    Scenario(name="sound_no_ping", fault="none: ping is blocked", steps=(passing("icmp type echo-request drop"),)),
    Scenario(name="sound_no_quic", fault="none: QUIC (UDP 443) is blocked", steps=(passing("udp dport 443 drop"),)),
    Scenario(
        name="sound_no_ports",
        fault="none: only web, DNS and time go out",
        steps=(
            passing(
                "ct state established,related accept",
                'iifname "lan" tcp dport { 80, 443 } accept',
                'iifname "lan" udp dport { 53, 123 } accept',
                'iifname "lan" drop',
            ),
        ),
    ),
    Scenario(
        name="sound_cdn",
        fault="none: the school's resolver gives the CDN another of its addresses than the collector's",
        steps=(dns(f"address=/{CDN.host}/{CDN_ELSEWHERE.v4}"),),
    ),
    Scenario(
        name="sound_two_resolvers",
        fault="none: the first resolver is dead, the second answers at once",
        steps=(
            received("ip daddr 192.168.0.0/16 udp dport 5353 drop"),
            resolver_told("options timeout:1 attempts:2", "nameserver 192.168.250.250", "nameserver 192.88.99.53"),
        ),
    ),
    Scenario(
        name="sound_resolver_far",
        fault="none: the workstation asks the provider's resolver, the box has none",
        steps=(resolver_told("nameserver 192.88.99.53"),),
    ),
    Scenario(
        name="sound_proxy",
        fault="none: an explicit proxy, the only way out",
        steps=(squid(), told_proxy(), only_proxy),
        sends=True,
    ),
    Scenario(
        name="sound_proxy_and_direct",
        fault="none: an explicit proxy, direct access as well",
        steps=(squid(), told_proxy()),
    ),
    Scenario(
        name="sound_proxy_no_dns",
        fault="none: an explicit proxy resolves; the school's own resolver knows no name outside",
        steps=(squid(), told_proxy(), only_proxy, dns("address=/test/")),
    ),
    Scenario(
        name="sound_amon",
        fault="none: an académie's box, e2guardian before squid, without decryption",
        steps=(squid(), e2guardian(), told_proxy(8080), only_proxy),
        sends=True,
    ),
    Scenario(
        name="sound_amon_whitelist",
        fault="none: e2guardian lets only named sites through, and the ENT is named",
        steps=(squid(), e2guardian(allowed=_SERVICES, blanket=True), told_proxy(8080), only_proxy),
    ),
    Scenario(
        name="sound_decrypted",
        fault="none: a transparent filter decrypts, and the workstation trusts it",
        trust="with_filter",
        steps=(squid(ca="trusted", transparent=True),),
        sends=True,
    ),
    Scenario(
        name="sound_decrypted_by_proxy",
        fault="none: an explicit proxy decrypts, and the workstation trusts it",
        trust="with_filter",
        steps=(squid(ca="trusted"), told_proxy(), only_proxy),
        sends=True,
    ),
    Scenario(
        name="sound_amon_decrypting",
        fault="none: e2guardian before a squid that decrypts and that the workstation trusts",
        trust="with_filter",
        steps=(squid(ca="trusted"), e2guardian(), told_proxy(8080), only_proxy),
    ),
    Scenario(
        name="sound_decrypted_alone",
        fault="none: a transparent filter decrypts, trusted; the workstation knows no collector",
        trust="with_filter",
        steps=(squid(ca="trusted", transparent=True),),
        without_collector=True,
    ),
    Scenario(
        name="sound_spliced",
        fault="none: a transparent squid looks at names and lets all through untouched",
        steps=(squid(ca="unknown", transparent=True, bump=("ssl_bump peek step1", "ssl_bump splice all")),),
    ),
    Scenario(
        name="sound_transparent_http",
        fault="none: a transparent squid takes plain HTTP only",
        steps=(squid(transparent=True),),
    ),
    Scenario(
        name="sound_exempted",
        fault="none: a filter decrypts with an authority unknown to the workstation, but not the ENT nor its like",
        steps=(
            squid(
                "acl ent ssl::server_name " + " ".join(_SERVICES),
                ca="unknown",
                transparent=True,
                bump=("ssl_bump peek step1", "ssl_bump splice ent", "ssl_bump bump all"),
            ),
        ),
    ),
    Scenario(
        name="sound_safe_search",
        fault="none: the resolver forces safe search for search engines only",
        steps=(dns("cname=www.moteur.test,safe.moteur.test", "address=/publicite.test/0.0.0.0"),),
    ),
    Scenario(name="sound_clock_1_min", fault="none: the clock is one minute late", steps=(clock("-1m"),), sends=True),
    Scenario(
        name="sound_second_card",
        fault="none: a second card, unplugged",
        steps=(on_pc("link add eth1 type veth peer name nowhere"),),
    ),
)
