"""What is there to reach? The services of the lab's Internet, their addresses, and the profiles that name them."""

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal

import checks

Kind = Literal["page", "changed", "error", "closed", "silent", "cut", "old_tls", "collector"]
Certificate = Literal["good", "expired", "not_yet", "wrong_name", "self_signed"]

RESOLVER: Final = "192.88.99.53"
KNOWN_TEXT: Final = "Bienvenue dans l'espace numérique de l'école"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One host of the Internet: it has its own address, and behaves alike for everybody."""

    host: str
    number: int  # last byte of its addresses
    kind: Kind = "page"
    certificate: Certificate = "good"
    ipv6: bool = False
    named: bool = True  # the Internet's resolver gives this address

    @property
    def v4(self) -> str:
        """Out of 192.88.99.0/24: global by its kind, and nobody's since RFC 7526."""
        return f"192.88.99.{self.number}"

    @property
    def v6(self) -> str:
        """Out of the 6to4 addresses of the same block."""
        return f"2002:c058:6302::{self.number}"


ENT: Final = Site(host="ent.academie.test", number=10, ipv6=True)
CDN: Final = Site(host="static.ent-cdn.test", number=11, ipv6=True)
CDN_ELSEWHERE: Final = Site(host=CDN.host, number=15, named=False)
"""The same CDN by another of its addresses, as it answers other places."""
RESOURCES: Final = Site(host="ressources.education.test", number=12)
COLLECTOR: Final = Site(host="collecteur.academie.test", number=20, kind="collector", ipv6=True)
SITES: Final = (
    ENT,
    CDN,
    CDN_ELSEWHERE,
    RESOURCES,
    COLLECTOR,
    Site(host="perime.test", number=30, certificate="expired"),
    Site(host="futur.test", number=31, certificate="not_yet"),
    Site(host="autrenom.test", number=32, certificate="wrong_name"),
    Site(host="autosigne.test", number=33, certificate="self_signed"),
    Site(host="ferme.test", number=34, kind="closed"),
    Site(host="muet.test", number=35, kind="silent"),
    Site(host="erreur.test", number=36, kind="error"),
    Site(host="change.test", number=37, kind="changed"),
    Site(host="vieuxtls.test", number=38, kind="old_tls"),
    Site(host="coupe.test", number=39, kind="cut"),
)
GONE: Final = "disparu.test"
"""A name of a profile that nobody has any more."""
BLOCK_PAGE: Final = "192.88.99.60"
"""Where resolvers that filter send what they block."""
SAFE_SEARCH: Final = "192.88.99.61"

_SERVICE: Final = """
[[service]]
name = "{name}"
title = "{title}"
url = "https://{host}/"
hosts = [{hosts}]
known_text = "{known}"
websocket_path = "{websocket}"
"""
VARIANTS: Final = {
    "ecole": "",
    "perime": "perime.test",
    "futur": "futur.test",
    "autrenom": "autrenom.test",
    "autosigne": "autosigne.test",
    "ferme": "ferme.test",
    "muet": "muet.test",
    "erreur": "erreur.test",
    "change": "change.test",
    "vieuxtls": "vieuxtls.test",
    "coupe": "coupe.test",
    "disparu": GONE,
    "debit": "",
    "pages": "",
}
"""Profiles of the lab: the ENT with its CDN and one other service; the others have one more, at fault for everybody."""


def profile(variant: str) -> str:
    """Return the TOML of one profile: the network requirements of the generic one, about the lab's services."""
    services = [("ent", "L'ENT", ENT.host, f'"{CDN.host}"'), ("ressources", "Les ressources", RESOURCES.host, "")]
    services += [("autre", "L'autre service", VARIANTS[variant], "")] if VARIANTS[variant] else []
    about = "".join(
        _SERVICE.format(
            name=name, title=title, host=host, hosts=hosts, known=KNOWN_TEXT, websocket="/direct" * (name == "ent")
        )
        for name, title, host, hosts in services
    )
    header = f'[profile]\nid = "lab-{variant}"\nversion = "1"\nvalid_from = 2026-11-01\ntitle = "Lab {variant}"\n'
    return header + about + _network_tables(variant) + _SCHOOL


_FIGURES: Final = {
    "network.link": {"recommended_kbps": 50_000},
    "network.dns": {"slow_ms": 3_000},
    "network.latency": {"recommended_ms": 300, "maximum_ms": 2_000},
}
"""The lab's own thresholds, where the generic profile has none."""


_SLOW_PAGES: Final = {"network.page": {"slow_ms": 2_000}}
"""Asked by one profile alone: on a machine too busy, a page may be late with nothing wrong on its way."""


def _network_tables(variant: str) -> str:
    """Return the generic profile's [network.*] tables, every check of the network a minimum."""
    text = (files("checks") / "profiles" / "generic.toml").read_text(encoding="utf-8")
    tables: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        if name.startswith("network.") and not line.startswith("#"):
            # The lab's cards are virtual and tell no speed: as a minimum, every workstation would be "inconnu".
            tier = "recommended" if name == "network.link" else "minimum"
            tables.setdefault(name, []).append(re.sub(r"^tier = .*", f'tier = "{tier}"', line))
    for check in checks.ALL:
        if check.id.startswith("network."):
            tables.setdefault(check.id, [f"[{check.id}]", 'tier = "minimum"'])
    if variant != "debit":
        del tables["network.throughput"]
    for check_id, figures in (_FIGURES | (_SLOW_PAGES if variant == "pages" else {})).items():
        for name, value in figures.items():
            if not any(line.startswith(name) for line in tables[check_id]):
                tables[check_id].append(f'{name} = {{ value = {value}, source = "lab", read_on = 2026-11-24 }}')
    return "\n" + "\n".join(line for lines in tables.values() for line in lines)


_SCHOOL: Final = "\n[school]\n" + "".join(
    f'{key} = {{ value = {value}, source = "lab", read_on = 2026-11-24 }}\n'
    for key, value in (("ready_percent", 100), ("coverage_percent", 100), ("site_percent", 50), ("freshness_days", 30))
)
