"""How does the lab's Internet come up? Certificates, a resolver, the services, a real collector and its schools."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import trustme

from tests.lab.ground import RUN
from tests.lab.place import LabFault, ip
from tests.lab.world import BLOCK_PAGE, COLLECTOR, RESOLVER, SAFE_SEARCH, SITES, VARIANTS, profile

TRUST: Final = RUN / "trust"
"""Stores of workstations, each as /etc/ssl/certs: `plain` knows the public authority; the others a filter's as well."""
FILTERS: Final = {
    "trusted": ("Filtrage de l'académie", "Squid"),
    "unknown": ("Squid ad-hoc", "Squid"),
    "stormshield": ("Stormshield SSL proxy", "Stormshield"),
    "fortinet": ("FortiGate CA", "Fortinet"),
    "nameless": ("Boîtier de la commune", "Services techniques"),
}
"""Authorities of filters, by the name a scenario gives them: common name, organisation."""
_COLLECTOR: Final = RUN / "collector"


def program(name: str) -> str:
    """Return the path of a program installed beside this Python."""
    return str(Path(sys.executable).with_name(name))


@contextmanager
def internet() -> Iterator[None]:
    """Bring everything up that all schools share, and end it."""
    certificates()
    _addresses()
    _own_files()
    running = [
        _started("dnsmasq", "-k", "-C", str(_zone()), log="inet-dns.log"),
        _started(sys.executable, "-m", "tests.lab.ent", str(RUN), log="ent.log"),
    ]
    try:
        _until((RUN / "ent.up").exists, "the services of the lab", RUN / "ent.log")
        _prepare_collector()
        running.append(_started(program("preau-collector"), "serve", log="collector.log"))
        _until(_collector_ready, "the collector", RUN / "collector.log")
        yield
    finally:
        for child in running:
            child.kill()
            child.wait()


def certificates() -> None:
    """Make the public authority, each site's certificate, each filter's authority, and workstations' stores."""
    public, stranger = (
        trustme.CA(organization_name="Autorité publique du lab"),
        trustme.CA(organization_name="Inconnue"),
    )
    now = datetime.now(UTC)
    for site in SITES:
        dates: dict[str, Any] = {
            "expired": {"not_before": now - timedelta(days=400), "not_after": now - timedelta(days=3)},
            "not_yet": {"not_before": now + timedelta(days=3), "not_after": now + timedelta(days=90)},
        }.get(site.certificate, {"not_before": now - timedelta(days=60), "not_after": now + timedelta(days=300)})
        name = "www.autre-service.test" if site.certificate == "wrong_name" else site.host
        leaf = (stranger if site.certificate == "self_signed" else public).issue_cert(name, **dates)
        leaf.private_key_and_cert_chain_pem.write_to_path(str(RUN / f"{site.host}.pem"))
    public.cert_pem.write_to_path(str(RUN / "public.pem"))
    _store("plain", [RUN / "public.pem"])
    _store("nothing", [])
    for kind, (common, organisation) in FILTERS.items():
        ca = trustme.CA(organization_name=organisation, organization_unit_name=common, key_type=trustme.KeyType.RSA)
        ca.cert_pem.write_to_path(str(RUN / f"filter-{kind}.pem"))
        ca.private_key_pem.write_to_path(str(RUN / f"filter-{kind}.key"))
    _store("with_filter", [RUN / "public.pem", RUN / "filter-trusted.pem"])


def _store(name: str, authorities: list[Path]) -> None:
    folder = TRUST / name
    folder.mkdir(parents=True)
    for number, one in enumerate(authorities):
        (folder / f"{number}.pem").write_bytes(one.read_bytes())
    (folder / "ca-certificates.crt").write_text("".join(one.read_text() for one in authorities))
    subprocess.run(["openssl", "rehash", str(folder)], check=True, capture_output=True)


def _addresses() -> None:
    lines = [f"addr add {s.v4}/32 dev lo\naddr add {s.v6}/128 dev lo nodad" for s in SITES]
    lines += [f"addr add {address}/32 dev lo" for address in (RESOLVER, BLOCK_PAGE, SAFE_SEARCH)]
    ip("\n".join([*lines, ""]))
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    silent = "\n".join(f"ip daddr {s.v4} tcp dport 443 drop" for s in SITES if s.kind == "silent")
    rules = f"table inet lab {{\n chain input {{\n type filter hook input priority 0;\n{silent}\n }}\n}}\n"
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)


def _own_files() -> None:
    """Have the collector, and it alone, resolve and trust as the lab's Internet does."""
    (RUN / "inet.resolv.conf").write_text(f"nameserver {RESOLVER}\n")
    (RUN / "inet.hosts").write_text("127.0.0.1 localhost\n")
    for source, place in (
        (RUN / "inet.resolv.conf", "/etc/resolv.conf"),
        (RUN / "inet.hosts", "/etc/hosts"),
        (TRUST / "plain", "/etc/ssl/certs"),
    ):
        subprocess.run(["mount", "--bind", str(source), place], check=True)


def _zone() -> Path:
    """Write the resolver of the Internet: every site, and no other name."""
    records = [f"host-record={s.host},{s.v4}" + (f",{s.v6}" if s.ipv6 else "") for s in SITES if s.named]
    lines = ["no-resolv", "no-hosts", "bind-interfaces", f"listen-address={RESOLVER}", "port=53", "local=/test/"]
    lines += [f"pid-file={RUN}/inet-dns.pid", "user=root", "address=/safe.moteur.test/" + SAFE_SEARCH, *records]
    path = RUN / "inet-dns.conf"
    path.write_text("\n".join([*lines, ""]))
    return path


def _prepare_collector() -> None:
    """Fill a collector by its own commands: a school for each profile."""
    from collector.cli import main

    os.environ |= {
        "PREAU_DATA_DIR": str(_COLLECTOR),
        "PREAU_PUBLIC_URL": f"https://{COLLECTOR.host}",
        "PREAU_HOST": "127.0.0.1",
        "PREAU_PORT": "8080",
    }
    _COLLECTOR.mkdir()
    sample = files("collector") / "sample"
    rows = (sample / "attribution.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    schools = dict(zip(VARIANTS, (row.split(";")[0] for row in rows), strict=False))
    (RUN / "annuaire.csv").write_bytes((sample / "annuaire.csv").read_bytes())
    assigned = [f"{uai};50;1;04/01/2027;lab-{variant}" for variant, uai in schools.items()]
    (RUN / "attribution.csv").write_text("\n".join(["uai;postes;vague;ouverture;profil", *assigned, ""]))
    commands = [["db", "upgrade"], ["schools", "import", str(RUN / "annuaire.csv")]]
    for variant in VARIANTS:
        (RUN / f"{variant}.toml").write_text(profile(variant), encoding="utf-8")
        commands.append(["profile", "publish", str(RUN / f"{variant}.toml")])
    commands.append(["schools", "import", str(RUN / "attribution.csv")])
    for variant, uai in schools.items():
        commands.append(["code", "create", uai, "--file", str(RUN / f"{variant}.preau"), "--uses", "5000"])
    for command in commands:
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            code = main(command)
        if code:
            raise LabFault(f"preau-collector {' '.join(command)} ended with {code}\n{said.getvalue()}")


def _started(*command: str, log: str) -> "subprocess.Popen[bytes]":
    with (RUN / log).open("wb") as said:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )


def _collector_ready() -> bool:
    asked = ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _until(ready: Callable[[], bool], what: str, log: Path) -> None:
    end = time.monotonic() + 30
    while not ready():
        if time.monotonic() > end:
            raise LabFault(f"{what} did not come up\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)
