"""Les grands paquets passent jusqu'aux services.

Mesure : un échange avec chaque service par des paquets ordinaires, puis, s'il s'arrête, le même par de petits paquets.
Exige : que l'échange aille à son terme avec des paquets ordinaires.
"""

from dataclasses import dataclass
from typing import Final

from checks.answers.network import Endpoint, Failure
from checks.answers.ways import PacketSize
from checks.machine import STRICT, Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Service, Verdict, about_service, conclude, filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One exchange per endpoint of the profile."""

    __pydantic_config__ = STRICT

    sizes: tuple[PacketSize, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Nothing to set: large packets pass or they do not."""

    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Exchange something with every endpoint of the services."""
    endpoints = dict.fromkeys(endpoint for service in requirement.services for endpoint in service.endpoints)
    return Facts(sizes=machine.packet_sizes(tuple(endpoints)))


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at each endpoint of each service: only small packets passing is a cause, nothing passing is another's."""
    by_endpoint = {Endpoint(host=s.host, port=s.port): s for s in facts.sizes}
    return conclude(
        evidence
        for service in requirement.services
        for evidence in about_service(
            _about(service, endpoint, by_endpoint.get(endpoint)) for endpoint in service.endpoints
        )
    )


_NOT_BEGUN: Final[tuple[Failure, ...]] = (
    "refused",
    "unreachable",
    "name_unknown",
    "name_without_address",
    "resolver_silent",
    "resolver_failed",
    "proxy_unreachable",
    "proxy_refused",
    "proxy_needs_login",
    "proxy_unusable",
)
"""Failures that come before any exchange; what comes later and is no silence has not to do with sizes."""


def _about(service: Service, endpoint: Endpoint, seen: PacketSize | None) -> Evidence:
    def found(outcome: Outcome, cause: str | None, words: str) -> Evidence:
        sentence = f"{endpoint.host}:{endpoint.port} : {words}."
        return Evidence(subject=service.name, host=endpoint.host, outcome=outcome, cause=cause, sentence=sentence)

    if seen is None:
        return found(Outcome.UNMEASURED, "never_asked", "pas encore demandé")
    if seen.ordinary is None:
        return found(Outcome.READY, None, "les paquets ordinaires passent")
    if seen.small_asked and seen.small is None:
        return found(Outcome.BLOCKED, "large_packets_lost", "seuls les petits paquets passent")
    if seen.ordinary in _NOT_BEGUN or (seen.ordinary == "timeout" and not seen.small_asked):
        return found(Outcome.UNMEASURED, "nothing_passed", "aucun échange n'a commencé")
    return found(Outcome.READY, None, "la taille des paquets n'est pas en cause")


CHECK = Check(
    id="network.mtu",
    title="Les grands paquets passent jusqu'aux services.",
    privacy="Le succès ou l'échec d'un échange avec chaque hôte du profil, selon la taille des paquets.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    after=("network.address", "network.portal", "network.proxy", "network.dns", "network.reach"),
    told_apart={
        "nothing_passed": "L'échange n'a pas commencé, pour une raison qu'un autre contrôle nomme.",
        "large_packets_lost": "L'échange ordinaire s'arrête une fois connecté, et le même, en paquets de 576 octets, "
        "va à son terme : un filtre, lui, arrête les deux.",
    },
    remedies={
        "nothing_passed": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Aucun échange avec le service n'a commencé : la taille des paquets n'a pu être vue.",
            action="Autoriser les hôtes et ports du service depuis le réseau de l'école.",
        ),
        "large_packets_lost": Remedy(
            role=Role.ISP,
            observation="Les grands paquets se perdent en chemin, sans que le poste en soit averti.",
            action="Régler la taille des paquets (MTU, MSS) de la ligne ou du tunnel de l'école, et laisser passer les "
            "messages ICMP « fragmentation nécessaire ».",
        ),
    },
)
