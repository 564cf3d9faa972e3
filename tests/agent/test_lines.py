"""What a card agreed on, what name servers say, and whom Firefox trusts: read from what systems keep."""

import socket
import sqlite3
import struct
import threading
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
import trustme

from agent import lookup
from agent.firefox import chosen
from agent.links_linux import (
    gateway_sign,
    parse_ipv4_carrier,
    parse_ipv4_gateway,
    parse_iw_band,
    parse_iw_rate,
    parse_link_settings,
    parse_wireless,
)
from tests.agent.systems import needs_posix

ROUTES = """Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
wlan0	00000000	FE01A8C0	0003	0	0	600	00000000	0	0	0
eth0	00000000	0101A8C0	0003	0	0	100	00000000	0	0	0
eth0	0001A8C0	00000000	0001	0	0	100	00FFFFFF	0	0	0
"""
ARP = """IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x0         00:00:00:00:00:00     *        eth0
192.168.1.254    0x1         0x2         aa:bb:cc:dd:ee:ff     *        wlan0
"""
IW = """Connected to 00:11:22:33:44:55 (on wlan0)
	SSID: canary-network
	freq: 5180
	signal: -61 dBm
	rx bitrate: 433.3 MBit/s VHT-MCS 9 80MHz
	tx bitrate: 390.0 MBit/s VHT-MCS 8 80MHz
"""
WIRELESS = """Inter-| sta-|   Quality        |   Discarded packets
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
 wlan0: 0000   49.  -61.  -256        0      0      0      0     12        0
"""


def settings(speed: int, duplex: int, able: int, offered: int) -> bytes:
    """struct ethtool_link_settings as the kernel fills it, with masks of one word."""
    head = struct.pack("=IIBBBBBBBbBBBB7I", 0x4C, speed, duplex, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, *(0,) * 7)
    return head + struct.pack("=III", able, able, offered)


GIGABIT, HUNDRED = 1 << 5 | 1 << 3, 1 << 3


def test_a_card_says_what_it_agreed_on_and_what_both_ends_can_do() -> None:
    seen = parse_link_settings(settings(100, 1, GIGABIT, GIGABIT))
    assert (seen.speed_kbps, seen.able_kbps, seen.offered_kbps, seen.duplex) == (100_000, 1_000_000, 1_000_000, "full")
    assert parse_link_settings(settings(10, 0, GIGABIT, HUNDRED)).duplex == "half"
    unknown = parse_link_settings(settings(2**32 - 1, 255, 0, 0))
    assert (unknown.speed_kbps, unknown.able_kbps, unknown.duplex) == (None, None, None)


def test_the_gateway_is_that_of_the_preferred_route_and_seen_on_the_wire_or_not() -> None:
    assert parse_ipv4_gateway(ROUTES) == "192.168.1.1"
    assert parse_ipv4_carrier(ROUTES) == "eth0"
    assert gateway_sign("192.168.1.1", ARP) == "silent"
    assert gateway_sign("192.168.1.254", ARP) == "answers"
    assert gateway_sign("10.0.0.1", ARP) == "unknown"
    assert (parse_ipv4_gateway(""), parse_ipv4_carrier("")) == ("", "")


def test_wifi_is_read_without_its_name() -> None:
    assert (parse_iw_rate(IW), parse_iw_band(IW), parse_wireless(WIRELESS, "wlan0")) == (390_000, "5", 70)
    assert (parse_iw_rate(""), parse_iw_band(""), parse_wireless(WIRELESS, "wlan1")) == (None, None, None)
    assert [parse_iw_band(f"freq: {mhz}") for mhz in (2412, 5955)] == ["2.4", "6"]


def name_server(code: int, *, alias: str = "") -> tuple[socket.socket, threading.Thread]:
    """A name server on loopback that answers one question."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))

    def serve() -> None:
        raw, asker = listening.recvfrom(4096)
        said = dns.message.make_response(dns.message.from_wire(raw))
        said.set_rcode(code)
        if code == dns.rcode.NOERROR:
            owner = "ent.example.fr."
            if alias:
                said.answer.append(dns.rrset.from_text(owner, 60, "IN", "CNAME", alias))
            said.answer.append(dns.rrset.from_text(alias or owner, 60, "IN", "A", "203.0.113.7"))
        listening.sendto(said.to_wire(), asker)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listening, thread


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (dns.rcode.NXDOMAIN, "nxdomain"),
        (dns.rcode.SERVFAIL, "servfail"),
        (dns.rcode.REFUSED, "refused"),
        (dns.rcode.NOTIMP, "other"),
    ],
)
def test_a_name_server_asked_directly_says_how_it_refuses(code: int, said: str) -> None:
    listening, _ = name_server(code)
    with listening:
        seen = lookup.ask_server("ent.example.fr", 0, "127.0.0.1", listening.getsockname()[1])
    assert (seen.said, seen.kinds) == (said, ())


def test_an_answer_tells_kinds_and_digests_and_no_address() -> None:
    listening, _ = name_server(dns.rcode.NOERROR, alias="ailleurs.example.com.")
    with listening:
        seen = lookup.ask_server("ent.example.fr", 1, "127.0.0.1", listening.getsockname()[1])
    assert (seen.rank, seen.said, seen.kinds) == (1, "noerror", ("private",))  # 203.0.113.0/24 is for documents
    assert seen.addresses_sha256 == (lookup.sha256("203.0.113.7"),)
    assert seen.canonical_sha256 == lookup.sha256("Ailleurs.example.com")


@needs_posix
def test_a_name_server_that_is_not_there_or_does_not_answer_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "SERVER_S", 0.4)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        port = mute.getsockname()[1]
        assert lookup.ask_server("ent.example.fr", 0, "127.0.0.1", port).said == "nothing"
    assert lookup.ask_server("ent.example.fr", 0, "127.0.0.1", port).said == "unreachable"


def test_a_profile_of_firefox_tells_the_authorities_its_owner_trusts(tmp_path: Path) -> None:
    store, trusted, distrusted = tmp_path / "cert9.db", trustme.CA(), trustme.CA()
    with sqlite3.connect(store) as base:
        base.execute("CREATE TABLE nssPublic (id INTEGER, a0, a11, a81, a82, ace536358)")
        rows = ((trusted, b"\x01", "ce534352"), (distrusted, b"\x02", "ce534353"))
        for number, (authority, serial, trust) in enumerate(rows):
            der = authority.cert_pem.bytes()
            base.execute("INSERT INTO nssPublic VALUES (?,?,?,?,?,NULL)", (number, b"\0\0\0\1", der, b"ca", serial))
            base.execute(
                "INSERT INTO nssPublic VALUES (?,?,NULL,?,?,?)",
                (number + 10, bytes.fromhex("ce534353"), b"ca", serial, bytes.fromhex(trust)),
            )
    base.close()
    assert chosen(store) == [trusted.cert_pem.bytes()]
    assert chosen(tmp_path / "none.db") == []
