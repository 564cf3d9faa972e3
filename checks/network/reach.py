"""Les services acceptent la connexion du poste.

Mesure : une connexion à chaque hôte et port du profil, par le chemin des navigateurs (direct, ou tunnel du proxy).
Exige : une connexion acceptée.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from checks.answers.network import Connection, Control, Endpoint, Failure
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
    """One answer per endpoint of the profile, and what the collector saw of the services."""

    __pydantic_config__ = STRICT

    connections: tuple[Connection, ...]
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Nothing to set: an endpoint of the profile is reached or it is not."""

    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Connect to every endpoint of the services."""
    endpoints = dict.fromkeys(endpoint for service in requirement.services for endpoint in service.endpoints)
    return Facts(connections=machine.connect(tuple(endpoints)), controls=machine.controls())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at each endpoint of each service."""
    by_endpoint = {Endpoint(host=c.host, port=c.port): c for c in facts.connections}
    others_pass = any(c.failure is None and not c.via_proxy for c in facts.connections)
    return conclude(
        evidence
        for service in requirement.services
        for evidence in about_service(
            _about(service, endpoint, by_endpoint.get(endpoint), service.control(facts.controls), others_pass)
            for endpoint in service.endpoints
        )
    )


_CAUSES: Final[Mapping[Failure, tuple[str, str]]] = {
    "refused": ("connection_refused", "refuse la connexion"),
    "timeout": ("connection_timed_out", "ne répond pas"),
    "reset": ("connection_reset", "coupe la connexion"),
    "unreachable": ("no_way_to_host", "ne peut être atteint : le réseau n'y mène pas"),
    "name_unknown": ("name_not_resolved", "n'a pas d'adresse pour ce poste"),
    "name_without_address": ("name_not_resolved", "n'a pas d'adresse pour ce poste"),
    "resolver_silent": ("name_not_resolved", "n'a pas d'adresse pour ce poste"),
    "resolver_failed": ("name_not_resolved", "n'a pas d'adresse pour ce poste"),
    "proxy_refused": ("refused_by_proxy", "est refusé par le proxy"),
    "proxy_unreachable": ("proxy_not_passed", "ne peut être atteint : le proxy ne répond pas"),
    "proxy_needs_login": ("proxy_not_passed", "ne peut être atteint : le proxy demande un identifiant"),
    "proxy_unusable": ("proxy_not_passed", "ne peut être atteint : l'agent ne parle pas à ce genre de proxy"),
    "not_http": ("proxy_not_passed", "ne peut être atteint : la réponse du proxy est illisible"),
}
_UNNAMED: Final = ("name_unknown", "name_without_address")
_DOWN: Final = ("timeout", "refused", "reset", "unreachable")


def _about(
    service: Service, endpoint: Endpoint, seen: Connection | None, control: Control | None, others_pass: bool
) -> Evidence:
    name = f"{endpoint.host}:{endpoint.port}"

    def found(outcome: Outcome, cause: str | None, words: str) -> Evidence:
        sentence = f"{name} {words}."
        return Evidence(subject=service.name, host=endpoint.host, outcome=outcome, cause=cause, sentence=sentence)

    if seen is None:
        return found(Outcome.UNMEASURED, "never_asked", "n'a pas encore été demandé")
    by_proxy = " par le proxy" if seen.via_proxy else ""
    if seen.failure is None:
        return found(Outcome.READY, None, f"répond{by_proxy} en {duration(seen.took_ms)}")
    cause, words = _CAUSES.get(seen.failure, ("connection_failed", "ne peut être atteint"))
    if control is not None and endpoint == service.endpoints[0]:
        both_down = seen.failure in _DOWN and control.failure in _DOWN
        if both_down or (seen.failure in _UNNAMED and control.failure in _UNNAMED):
            return found(Outcome.BLOCKED, "service_down", "ne répond ni au poste ni au collecteur")
    if seen.failure == "unreachable" and others_pass and not seen.via_proxy:
        # A network that leads elsewhere says of this host alone that there is no way: a firewall puts it so.
        return found(Outcome.BLOCKED, "connection_refused", "est interdit : le réseau répond qu'aucun chemin n'y mène")
    if seen.via_proxy and cause == "name_not_resolved":
        return found(Outcome.BLOCKED, "proxy_finds_no_name", "n'a pas d'adresse pour le proxy")
    return found(Outcome.BLOCKED, cause, f"{words}{by_proxy if seen.failure in _DOWN else ''}")


_OPEN = "Autoriser les hôtes et ports du service depuis le réseau de l'école (pare-feu, filtrage)."

CHECK = Check(
    id="network.reach",
    title="Les services acceptent la connexion du poste.",
    privacy="Seulement les hôtes du profil, et le succès ou l'échec de la connexion, directe ou par le proxy.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    after=("network.address", "network.portal", "network.proxy", "network.dns"),
    told_apart={
        "connection_refused": "L'hôte a une adresse et la connexion est refusée aussitôt, ici seulement.",
        "connection_timed_out": "L'hôte a une adresse et rien ne répond à la connexion, ici seulement ; si rien ne "
        "répond nulle part, c'est `network.address`.",
        "connection_reset": "La connexion est acceptée puis coupée avant tout échange chiffré.",
        "connection_failed": "La connexion échoue d'une façon que rien d'autre ne nomme.",
        "no_way_to_host": "Un routeur, ou le poste, répond que le réseau ne mène pas à cette adresse.",
        "name_not_resolved": "Le nom n'a pas d'adresse au moment de la connexion, alors que `network.dns` n'a rien "
        "dit.",
        "refused_by_proxy": "Le proxy refuse le tunnel ; d'ordinaire `network.proxy` l'a déjà dit.",
        "proxy_finds_no_name": "Le proxy accepte la demande et répond qu'il ne trouve pas le nom (ERR_DNS_FAIL de "
        "squid) ; le DNS du poste ne compte pas.",
        "proxy_not_passed": "Le proxy ne laisse pas passer ; d'ordinaire `network.proxy` l'a déjà dit.",
        "service_down": "Le service ne répond ni au poste ni au collecteur, qui l'a regardé il y a peu.",
    },
    remedies={
        "connection_refused": Remedy(
            role=Role.FILTER_OPERATOR, observation="La connexion au service est refusée.", action=_OPEN
        ),
        "connection_timed_out": Remedy(
            role=Role.FILTER_OPERATOR, observation="La connexion au service reste sans réponse.", action=_OPEN
        ),
        "connection_reset": Remedy(
            role=Role.FILTER_OPERATOR, observation="La connexion au service est coupée.", action=_OPEN
        ),
        "connection_failed": Remedy(
            role=Role.FILTER_OPERATOR, observation="La connexion au service échoue.", action=_OPEN
        ),
        "no_way_to_host": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le réseau de l'école ne mène pas au service.",
            action="Vérifier la passerelle et les routes du réseau de l'école.",
        ),
        "name_not_resolved": Remedy(
            role=Role.RESOLVER_OPERATOR,
            observation="Un nom du service n'a pas d'adresse pour ce poste.",
            action="Vérifier le serveur DNS donné aux postes de l'école.",
        ),
        "refused_by_proxy": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le proxy refuse l'adresse du service.",
            action="Autoriser les adresses du service dans le filtrage du proxy.",
        ),
        "proxy_finds_no_name": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le proxy ne trouve pas l'adresse du service.",
            action="Vérifier le serveur DNS qu'interroge le proxy.",
        ),
        "proxy_not_passed": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le proxy du poste ne laisse pas passer vers le service.",
            action="Vérifier le proxy donné au poste.",
        ),
        "service_down": Remedy(
            role=Role.EDITOR,
            observation="Le service ne répond à personne.",
            action="Rétablir le service.",
        ),
    },
)
