"""What can be done to a school's network? Each function returns one step of a scenario."""

import json
import sqlite3
import ssl
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.lab import filters
from tests.lab.ground import FAKETIME, RUN
from tests.lab.place import LabFault, School, ip, line_addresses, school_addresses
from tests.lab.scenario import Step

_CERTIFICATE, _TRUST, _TRUSTED = (bytes.fromhex(code) for code in ("00000001", "ce534353", "ce534352"))
"""What NSS calls a certificate, the trust in one, and that of an authority chosen for servers."""


def dns(*lines: str) -> Step:
    """Have the school's resolver answer otherwise (lines of dnsmasq)."""
    return lambda one: one.dns.extend(lines)


def no_dns(one: School) -> None:
    """Run no resolver on the box: its port answers "unreachable"."""
    one.own_dns = True


def passing(*lines: str) -> Step:
    """Add nftables rules to what the box forwards."""
    return lambda one: filters.rules(one, "forward", *lines)


def received(*lines: str) -> Step:
    """Add nftables rules to what the box itself receives."""
    return lambda one: filters.rules(one, "input", *lines)


def redirected(*lines: str) -> Step:
    """Add nftables rules that send traffic elsewhere."""
    return lambda one: filters.nat(one, *lines)


def plain(one: School) -> None:
    """Route without hiding addresses."""
    one.hidden = False


def clock(offset: str) -> Step:
    """Put the workstation's clock off, in libfaketime's words: "+3d", "-20y"."""

    def step(one: School) -> None:
        one.environment |= {"LD_PRELOAD": str(FAKETIME), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    return step


def squid(*rules: str, **more: Any) -> Step:
    """Start squid on the box (see `filters.squid`)."""
    return lambda one: filters.squid(one, *rules, **more)


def e2guardian(**more: Any) -> Step:
    """Start e2guardian on the box, before squid."""
    return lambda one: filters.e2guardian(one, **more)


def told_proxy(port: int = filters.SQUID_PORT, host: str = "") -> Step:
    """Tell the workstation to use a proxy; the box when no host is said."""

    def step(one: School) -> None:
        address = f"http://{host or one.lan}:{port}"
        one.environment |= {"http_proxy": address, "https_proxy": address, "no_proxy": "localhost,127.0.0.1"}

    return step


def only_proxy(one: School) -> None:
    """Let nothing of the school out but through the box's proxy."""
    filters.rules(one, "forward", 'iifname "lan" drop')


def line(down: dict[str, float], up: dict[str, float] | None = None) -> Step:
    """Put the school behind a relayed line (see `line.Line`): what comes down, and what goes up."""

    def step(one: School) -> None:
        one.filtre.run("ip", "link", "del", "wan")
        _relay(one, "-", f"slot-{one.number}", one.filtre.net, "wan", {"down": down, "up": up or down})
        line_addresses(one)

    return step


def _relay(one: School, net_a: str, card_a: str, net_b: str, card_b: str, said: dict[str, dict[str, float]]) -> None:
    """Lay a relayed line between two namespaces."""
    command = [sys.executable, "-m", "tests.lab.line", net_a, card_a, net_b, card_b, json.dumps(said)]
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    one.filtre.running.append(child)
    if child.stdout is None or child.stdout.readline().strip() != "up":
        raise LabFault("the relayed line did not come up")


def card(speed: int, duplex: str = "full", **ends: int) -> Step:
    """Give the workstation a card that says its link: Mbit/s, duplex, and what its `ends` can do (see `card`).

    The kernel answers for it. What the lab makes up is that a device stands behind it, which a TAP card lacks.
    """

    def step(one: School) -> None:
        one.filtre.run("ip", "link", "del", "lan")
        _relay(one, one.filtre.net, "lan", one.eleve.net, "eth0", {"down": {}, "up": {}})
        school_addresses(one, ipv6=False)
        said = json.dumps({"speed": speed, "duplex": duplex, **ends})
        one.eleve.run(sys.executable, "-m", "tests.lab.card", "eth0", said)
        cards = one.folder / "cards"
        (cards / "eth0" / "device").mkdir(parents=True)
        (cards / "eth0" / "carrier").write_text("1\n")
        one.eleve.mounts["/sys/class/net"] = cards

    return step


def mtu(size: int, *, silent: bool = True) -> Step:
    """Shrink the line's packets; `silent` also loses the words that say so, which makes a black hole."""

    def step(one: School) -> None:
        one.filtre.run("ip", "link", "set", "wan", "mtu", str(size))
        if not silent:
            ip(f"link set slot-{one.number} mtu {size}\n")  # the far end of the line knows as well
        if silent:
            # On the school's side as well: what comes down is then too large for the box, which should say so.
            one.filtre.run("ip", "link", "set", "lan", "mtu", str(size))
            filters.rules(one, "output", "icmp type destination-unreachable drop", "icmpv6 type packet-too-big drop")

    return step


def on_pc(*lines: str) -> Step:
    """Run `ip` commands on the workstation."""
    return lambda one: one.eleve.run("ip", "-batch", "-", given="\n".join([*lines, ""])) and None


def on_box(*lines: str) -> Step:
    """Run `ip` commands on the box."""
    return lambda one: one.filtre.run("ip", "-batch", "-", given="\n".join([*lines, ""])) and None


def resolver_told(*lines: str) -> Step:
    """Write the workstation's resolv.conf otherwise."""
    return lambda one: one.resolve_with(*lines)


def web(*answers: dict[str, Any]) -> Step:
    """Serve fixed answers on the box (see `filters.web`)."""
    return lambda one: filters.web(one, *answers)


def middle(
    rules: dict[str, dict[str, Any]] | None = None,
    otherwise: dict[str, Any] | None = None,
    ca: str | None = None,
    **more: bool,
) -> Step:
    """Treat HTTPS by server name as it passes (see `filters.middle`)."""
    return lambda one: filters.middle(one, rules or {}, otherwise or {"do": "splice"}, ca, **more)


def portal(answer: dict[str, Any], *, https: str = "reset", pem: str = "") -> Step:
    """Hold the school behind a captive portal: HTTP gets `answer`; HTTPS a reset, a "drop", or its "own" TLS."""

    def step(one: School) -> None:
        answers = [{"port": 8888, **answer}]
        if https == "own":
            answers.append({"port": 8889, "pem": pem, **answer})
        filters.web(one, *answers)
        taken = ['iifname "lan" tcp dport 80 redirect to :8888']
        if https == "own":
            taken.append('iifname "lan" tcp dport 443 redirect to :8889')
        filters.nat(one, *taken)
        held = {"reset": "reject with tcp reset", "drop": "drop", "own": "drop"}[https]
        filters.rules(one, "forward", f'iifname "lan" tcp dport 443 {held}')

    return step


def environment(**said: str) -> Step:
    """Set variables of the workstation's session; `{lan}` is the box's address."""
    return lambda one: one.environment.update({k: v.format(lan=one.lan) for k, v in said.items()})


def script(text: str, *, port: int = 8081, path: str = "/proxy.pac", told: bool = True) -> Step:
    """Serve a proxy script, "LAN" in it being the box's address, and tell the workstation where it is."""

    def step(one: School) -> None:
        headers = {"Content-Type": "application/x-ns-proxy-autoconfig"}
        filters.web(one, {"port": port, "headers": headers, "only": {path: text.replace("LAN", one.lan)}})
        if told:
            one.environment["auto_proxy"] = f"http://{one.lan}:{port}{path}"

    return step


def resolver(rules: dict[str, dict[str, Any]]) -> Step:
    """Run a resolver that misbehaves (see `resolver`) in place of the box's."""

    def step(one: School) -> None:
        one.own_dns = True
        filters.resolver(one, rules)

    return step


def _choose(home: Path, browser: str) -> None:
    """Make one browser the default one of a desktop."""
    applications, configuration = home / ".local" / "share" / "applications", home / ".config"
    for folder in (applications, configuration):
        folder.mkdir(parents=True)
    (applications / browser).write_text("[Desktop Entry]\nType=Application\n")
    (configuration / "mimeapps.list").write_text(f"[Default Applications]\nx-scheme-handler/https={browser}\n")


def firefox(*authorities: str, opens: bool = False) -> Step:
    """Install a Firefox whose profile trusts these authorities of filters, as NSS writes it down.

    Where it does not open links, Chromium does: the desktop says so.
    """

    def step(one: School) -> None:
        program, profile = one.programs / "firefox", one.home / ".mozilla" / "firefox" / "ecole.default-esr"
        program.write_text("#!/bin/sh\necho Mozilla Firefox 128.5.0esr\n")
        program.chmod(0o755)
        _choose(one.home, "firefox.desktop" if opens else "chromium.desktop")
        profile.mkdir(parents=True)
        with closing(sqlite3.connect(profile / "cert9.db")) as base:
            base.execute(
                "CREATE TABLE nssPublic (id PRIMARY KEY UNIQUE ON CONFLICT ABORT, a0, a11, a81, a82, ace536358)"
            )
            for number, name in enumerate(authorities):
                der = ssl.PEM_cert_to_DER_cert((RUN / f"filter-{name}.pem").read_text())
                who, serial = f"issuer {number}".encode(), bytes([2, 1, number + 1])
                rows = [(2 * number, _CERTIFICATE, der, who, serial, None), (2 * number + 1, _TRUST, None, who, serial)]
                base.execute("INSERT INTO nssPublic VALUES (?, ?, ?, ?, ?, ?)", rows[0])
                base.execute("INSERT INTO nssPublic VALUES (?, ?, ?, ?, ?, ?)", (*rows[1], _TRUSTED))
            base.commit()

    return step
