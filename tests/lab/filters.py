"""What filters a school? The real programs of an académie's box: dnsmasq, squid with ssl-bump, e2guardian, nftables."""

import json
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal

from tests.lab.ground import RUN
from tests.lab.place import School
from tests.lab.world import RESOLVER

SQUID_PORT: Final = 3128
GUARDIAN_PORT: Final = 8080
_SQUID: Final = Path("/usr/lib/squid")

_SQUID_CONF: Final = """\
visible_hostname filtre
pid_filename {folder}/squid.pid
coredump_dir {folder}
cache_log {folder}/squid-cache.log
access_log none
cache deny all
pinger_enable off
shutdown_lifetime 0 seconds
max_filedescriptors 2048
dns_nameservers {resolver}
connect_timeout 6 seconds
forward_timeout 6 seconds
http_port {listen}:{port} {bump}
{ports}
acl inside src 192.168.0.0/16 127.0.0.0/8
acl step1 at_step SslBump1
{rules}
http_upgrade_request_protocols websocket allow all
{certificates}
http_access allow inside
http_access deny all
"""


def dns(one: School, *lines: str, upstream: str = RESOLVER, local_ttl: int = 60) -> None:
    """Start the box's resolver, as most boxes have it: it forwards, and adds `lines` of its own."""
    conf = one.folder / "dns.conf"
    base = ["no-resolv", "no-hosts", "bind-interfaces", f"listen-address={one.lan}", "port=53", "user=root"]
    base += [f"server={upstream}", f"pid-file={one.folder}/dns.pid", f"local-ttl={local_ttl}", "cache-size=150"]
    conf.write_text("\n".join([*base, *one.dns, *lines, ""]))
    one.filtre.spawn("dnsmasq", "-k", "-C", str(conf), log="dns.log")
    one.filtre.listens(53, address=one.lan)


def squid(
    one: School,
    *rules: str,
    ca: str | None = None,
    transparent: bool = False,
    port: int = SQUID_PORT,
    bump: Sequence[str] = ("ssl_bump peek step1", "ssl_bump bump all"),
) -> None:
    """Start squid: explicit on `port` of every address; with `ca`, it signs in the services' place (ssl-bump).

    `transparent` takes the school's web traffic in as it passes; `rules` come before "allow".
    """
    spool = one.folder / "squid"
    spool.mkdir()
    signing = f"cert={spool}/ca.pem generate-host-certificates=on dynamic_cert_mem_cache_size=4MB" if ca else ""
    certificates = ""
    if ca:
        pair = (RUN / f"filter-{ca}.key").read_text() + (RUN / f"filter-{ca}.pem").read_text()
        (spool / "ca.pem").write_text(pair)
        one.filtre.run(str(_SQUID / "security_file_certgen"), "-c", "-s", f"{spool}/db", "-M", "4MB")
        certificates = f"sslcrtd_program {_SQUID}/security_file_certgen -s {spool}/db -M 4MB\n"
        certificates += "sslcrtd_children 2 startup=1 idle=1\n"
        certificates += f"tls_outgoing_options cafile={RUN}/public.pem\n" + "\n".join(bump)
    ports = f"http_port {one.lan}:3129 intercept\n" if transparent else ""
    ports += f"https_port {one.lan}:3130 intercept ssl-bump {signing}\n" if transparent and ca else ""
    conf = spool / "squid.conf"
    conf.write_text(
        _SQUID_CONF.format(
            folder=spool,
            resolver=one.lan if one.dns else RESOLVER,
            listen="0.0.0.0",
            port=port,
            bump=f"ssl-bump {signing}" if ca else "",
            ports=ports,
            certificates=certificates,
            rules="\n".join(rules),
        )
    )
    _give_to(spool, "proxy")
    one.filtre.spawn("squid", "-N", "-n", f"lab{one.number}", "-f", str(conf), log="squid.log")
    one.filtre.listens(port)
    if transparent:
        taken = 'iifname "lan" tcp dport 80 redirect to :3129\n'
        taken += ' iifname "lan" tcp dport 443 redirect to :3130\n' if ca else ""
        nat(one, taken)


def e2guardian(one: School, *, banned: Sequence[str] = (), allowed: Sequence[str] = (), blanket: bool = False) -> None:
    """Start e2guardian before squid, as in an académie's box; `blanket` lets only `allowed` through."""
    etc = one.folder / "e2guardian"
    shutil.copytree("/etc/e2guardian", etc, symlinks=True)
    main = (etc / "e2guardian.conf").read_text()
    for key, value in {
        "language": "'french'",
        "httpworkers": "20",
        "nodaemon": "on",
        "filterip": one.lan,
        "filterports": str(GUARDIAN_PORT),
        "loglocation": f"'{etc}/access.log'",
        "pidfilename": f"'{etc}/pid'",
        "daemonuser": "'root'",
        "daemongroup": "'root'",
    }.items():
        main = re.sub(rf"^#?\s*{key}\s*=.*$", "", main, flags=re.MULTILINE) + f"\n{key} = {value}\n"
    main += f"proxyip = 127.0.0.1\nproxyport = {SQUID_PORT}\n"
    (etc / "e2guardian.conf").write_text(main)
    lists = {"bannedsitelist": banned, "bannedsslsitelist": banned, "exceptionsitelist": allowed}
    if blanket:
        with (etc / "examplef1.story").open("a") as story:
            story.write("\nfunction(checkblanketblock)\nif(true,,502) return setblock\n")
            story.write("function(sslcheckblanketblock)\nif(true,,506) return setblock\n")
    for name, hosts in lists.items():
        path = etc / "lists" / name
        path.write_text(path.read_text() + "\n" + "\n".join(hosts) + "\n")
    one.filtre.mounts["/etc/e2guardian"] = etc
    one.filtre.spawn("e2guardian", log="e2guardian.log")
    one.filtre.listens(GUARDIAN_PORT, address=one.lan)


def nat(one: School, *lines: str) -> None:
    """Add rules to what leaves the school's side: `redirect`, `dnat`…"""
    body = "\n ".join(lines)
    one.filtre.rules(
        f"table ip redirection {{\n chain prerouting {{\n type nat hook prerouting priority -100;\n {body}\n }}\n}}\n"
    )


def masquerade(one: School) -> None:
    """Hide the school behind one address, as boxes do."""
    one.filtre.rules(
        "table ip hidden {\n chain postrouting {\n type nat hook postrouting priority 100;\n"
        ' oifname "wan" masquerade\n }\n}\n'
    )


def rules(one: School, hook: Literal["forward", "input", "output"], *lines: str) -> None:
    """Add rules to what passes through the box, what it receives, or what it sends itself; for both families."""
    body = "\n ".join(lines)
    one.filtre.rules(
        f"table inet {hook}ed {{\n chain {hook}ed {{\n type filter hook {hook} priority 0;\n {body}\n }}\n}}\n"
    )


def _give_to(folder: Path, user: str) -> None:
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, user, user)


def web(one: School, *answers: dict[str, Any]) -> None:
    """Serve fixed answers on ports of the box (see `web`): a portal, a block page, a proxy script."""
    spec = one.folder / f"web-{answers[0]['port']}.json"
    spec.write_text(json.dumps(answers), encoding="utf-8")
    one.filtre.spawn(sys.executable, "-m", "tests.lab.web", str(spec), log=f"{spec.stem}.log")
    for answer in answers:
        one.filtre.listens(answer["port"])


def middle(
    one: School, rules: dict[str, dict[str, Any]], otherwise: dict[str, Any], ca: str | None = None, **more: bool
) -> None:
    """Take HTTPS in as it passes, and treat it by server name (see `middle`, and its `more`)."""
    pair = [str(RUN / f"filter-{ca}.pem"), str(RUN / f"filter-{ca}.key")] if ca else None
    spec = one.folder / "middle.json"
    said = {"port": 9443, "ca": pair, "rules": rules, "otherwise": otherwise, **more}
    spec.write_text(json.dumps(said), encoding="utf-8")
    one.filtre.spawn(sys.executable, "-m", "tests.lab.middle", str(spec), log="middle.log")
    one.filtre.listens(9443)
    nat(one, 'iifname "lan" tcp dport 443 redirect to :9443')


def resolver(one: School, rules: dict[str, dict[str, Any]]) -> None:
    """Start a resolver that misbehaves on the box (see `resolver`)."""
    spec = one.folder / "resolver.json"
    spec.write_text(json.dumps({"listen": one.lan, "upstream": RESOLVER, "rules": rules}), encoding="utf-8")
    one.filtre.spawn(sys.executable, "-m", "tests.lab.resolver", str(spec), log="resolver.log")
    one.filtre.listens(53, address=one.lan)
