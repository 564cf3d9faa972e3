"""IPv6, s'il est annoncé, mène aux services.

Mesure : pour chaque service qui a une adresse IPv6, une connexion par IPv6, une par IPv4, et une comme les navigateurs.
Exige : que l'IPv6 annoncé à l'école mène quelque part ; l'absence d'IPv6 n'est pas un défaut.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from checks.answers.network import Endpoint
from checks.answers.ways import Family
from checks.machine import STRICT, Machine
from checks.model import (
    Check,
    Evidence,
    Outcome,
    Remedy,
    Role,
    Service,
    Verdict,
    about_service,
    conclude,
    duration,
    filled,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One endpoint of the profile by each family."""

    __pydantic_config__ = STRICT

    families: tuple[Family, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Nothing to set: an IPv6 that is announced leads to the services or it does not."""

    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Reach every endpoint of the services by each family."""
    endpoints = dict.fromkeys(endpoint for service in requirement.services for endpoint in service.endpoints)
    return Facts(families=machine.families(tuple(endpoints)))


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at each endpoint that has IPv6: broken for all of them is the line's, for some only the filter's."""
    by_endpoint = {Endpoint(host=f.host, port=f.port): f for f in facts.families}
    passes_somewhere = _passes_somewhere(facts.families)
    return conclude(
        evidence
        for service in requirement.services
        for evidence in about_service(
            _about(service, endpoint, by_endpoint.get(endpoint), passes_somewhere) for endpoint in service.endpoints
        )
    )


def _passes_somewhere(families: Iterable[Family]) -> bool:
    return any(f.has_ipv6 and f.ipv6 is None for f in families)


def _about(service: Service, endpoint: Endpoint, seen: Family | None, passes_somewhere: bool) -> Evidence:
    def found(outcome: Outcome, cause: str | None, words: str) -> Evidence:
        sentence = f"{endpoint.host}:{endpoint.port} : {words}."
        return Evidence(subject=service.name, host=endpoint.host, outcome=outcome, cause=cause, sentence=sentence)

    if seen is None:
        return found(Outcome.UNMEASURED, "never_asked", "pas encore demandé")
    if seen.via_proxy:
        return found(Outcome.READY, None, "le proxy s'en charge")
    if not seen.has_ipv6:
        return found(Outcome.READY, None, "pas d'IPv6, et ce n'est pas un défaut")
    if seen.ipv6 is None:
        return found(Outcome.READY, None, f"IPv6 répond en {duration(seen.ipv6_ms)}")
    if seen.ipv4 is not None:
        return found(Outcome.READY, None, "ne répond ni par IPv6 ni par IPv4 : IPv6 n'est pas en cause")
    lost_ms = max((seen.both_ms or 0) - seen.ipv4_ms, 0)
    words = f"IPv6 est annoncé et ne mène pas au service ; IPv4 y supplée, ce qui coûte {duration(lost_ms)}"
    return found(Outcome.AT_RISK, "ipv6_blocked" if passes_somewhere else "ipv6_broken", words)


CHECK = Check(
    id="network.ipv6",
    title="IPv6, s'il est annoncé, mène aux services.",
    privacy="Le succès ou l'échec d'une connexion par IPv6 et par IPv4 à chaque hôte du profil ; jamais les adresses.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    after=("network.address", "network.portal", "network.proxy", "network.dns"),
    told_apart={
        "ipv6_broken": "Le poste a une adresse et une route IPv6, les services aussi, aucun ne répond par IPv6 et "
        "tous répondent par IPv4 ; le temps perdu par les navigateurs est mesuré.",
        "ipv6_blocked": "Comme `ipv6_broken`, mais d'autres services répondent par IPv6.",
    },
    remedies={
        "ipv6_broken": Remedy(
            role=Role.ISP,
            observation="L'école annonce IPv6 aux postes, et il ne mène nulle part.",
            action="Rétablir IPv6 sur la ligne de l'école, ou cesser de l'annoncer aux postes (box, routeur).",
        ),
        "ipv6_blocked": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="IPv6 mène à certains services et pas à d'autres.",
            action="Ouvrir les hôtes du service en IPv6 comme en IPv4 dans le pare-feu de l'école.",
        ),
    },
)
