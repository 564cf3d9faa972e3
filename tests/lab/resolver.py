"""How do resolvers misbehave beyond what dnsmasq does? Late, failing, cut, lying for one type or one name only.

Run as `python -m tests.lab.resolver FILE`: JSON `{"listen": "192.168.1.1", "upstream": "…", "rules": {"name": {…}}}`; a
rule under "*" is for every other name. A rule holds `delay_ms`, `drop` (percent), `rcode`, `a`, `aaaa` (lists
of addresses, [] for none), `cname`, and `cut` (answers over UDP say "ask again over TCP").
"""

import json
import random
import socket
import socketserver
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

_TTL: Final = 60
_UPSTREAM_S: Final = 3.0


def answer(question: Any, rules: dict[str, dict[str, Any]], upstream: str) -> Any:
    """Return what this resolver says to a question; None for silence."""
    name = question.question[0].name.to_text(omit_final_dot=True).lower()
    rule = rules.get(name, rules.get("*", {}))
    time.sleep(rule.get("delay_ms", 0) / 1000)
    if random.randrange(100) < rule.get("drop", 0):
        return None
    said = dns.message.make_response(question, recursion_available=True)
    if "rcode" in rule:
        said.set_rcode(dns.rcode.from_text(rule["rcode"]))
        return said
    kind = question.question[0].rdtype
    field = {dns.rdatatype.A: "a", dns.rdatatype.AAAA: "aaaa"}.get(kind, "")
    if "cname" in rule:
        said.answer.append(dns.rrset.from_text(question.question[0].name, _TTL, "IN", "CNAME", rule["cname"] + "."))
    if field in rule:
        owner = rule["cname"] + "." if "cname" in rule else question.question[0].name
        if rule[field]:
            said.answer.append(dns.rrset.from_text(owner, _TTL, "IN", dns.rdatatype.to_text(kind), *rule[field]))
        return said
    try:
        return dns.query.udp(question, upstream, timeout=_UPSTREAM_S, ignore_unexpected=True)
    except Exception:  # noqa: BLE001 - whatever went wrong upstream is a failure to those who asked
        said.set_rcode(dns.rcode.SERVFAIL)
        return said


def main(path: str) -> None:
    """Answer over UDP and TCP until killed."""
    spec = json.loads(Path(path).read_text(encoding="utf-8"))
    rules, upstream = spec["rules"], spec["upstream"]

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            question = dns.message.from_wire(data)
            said = answer(question, rules, upstream)
            if said is None:
                return
            name = question.question[0].name.to_text(omit_final_dot=True).lower()
            if rules.get(name, rules.get("*", {})).get("cut"):
                said.answer.clear()
                said.flags |= dns.flags.TC
            sock.sendto(said.to_wire(), self.client_address)

    class Tcp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(5)
            question, _ = dns.query.receive_tcp(self.request)
            said = answer(question, rules, upstream)
            if said is not None:
                dns.query.send_tcp(self.request, said)

    class UdpServer(socketserver.ThreadingUDPServer):
        daemon_threads, allow_reuse_address = True, True

        def handle_error(self, *args: Any) -> None:
            pass

    class TcpServer(socketserver.ThreadingTCPServer):
        daemon_threads, allow_reuse_address = True, True
        address_family = socket.AF_INET

        def handle_error(self, *args: Any) -> None:
            pass

    servers = (UdpServer((spec["listen"], 53), Udp), TcpServer((spec["listen"], 53), Tcp))
    threads = [threading.Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1])
