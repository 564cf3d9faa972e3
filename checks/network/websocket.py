"""Les échanges en continu (WebSocket) passent.

Mesure : pour chaque service qui en a besoin, l'ouverture d'un échange en continu, puis un aller-retour.
Exige : un échange ouvert, et qui porte quelque chose.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from checks.answers.network import Control, Failure
from checks.answers.ways import SocketAnswer, SocketAsked
from checks.machine import STRICT, Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Service, Verdict, conclude, duration, filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One answer per service that listens for web sockets, and what the collector saw of the services."""

    __pydantic_config__ = STRICT

    sockets: tuple[SocketAnswer, ...]
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Nothing to set: a web socket opens and carries, or it does not."""

    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Open the web socket of every service that names one."""
    asked = tuple(SocketAsked(service=s.name, url=_url(s)) for s in requirement.services if s.websocket_path)
    return Facts(sockets=machine.sockets(asked) if asked else (), controls=machine.controls())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at the web socket of each service that names one."""
    by_service = {answer.service: answer for answer in facts.sockets}
    return conclude(
        _about(service, by_service.get(service.name), service.control(facts.controls))
        for service in requirement.services
        if service.websocket_path
    )


_FAILURES: Final[Mapping[Failure, tuple[str, str]]] = {
    "proxy_refused": ("websocket_refused", "le proxy le refuse"),
    "proxy_needs_login": ("websocket_refused", "le proxy demande un identifiant"),
    "timeout": ("websocket_silent", "rien ne répond"),
    "reset": ("websocket_cut", "la connexion est coupée"),
    "not_http": ("websocket_cut", "la réponse est illisible"),
}
_NEVER_THERE: Final = (404, 405, 410)
"""Statuses of a service that knows no such path; one that has lost its request to upgrade answers 200, 400 or 426."""


def _about(service: Service, seen: SocketAnswer | None, control: Control | None) -> Evidence:
    def found(outcome: Outcome, cause: str | None, words: str) -> Evidence:
        sentence = f"{service.title} : échange en continu, {words}."
        host = service.endpoints[0].host
        return Evidence(subject=service.name, host=host, outcome=outcome, cause=cause, sentence=sentence)

    if seen is None:
        return found(Outcome.UNMEASURED, "never_asked", "pas encore demandé")
    if seen.accepted and seen.answered:
        return found(Outcome.READY, None, f"ouvert et répondu en {duration(seen.took_ms)}")
    if control is not None and control.failure is None and control.websocket is not None:
        return found(Outcome.BLOCKED, "service_websocket_down", "il ne s'ouvre pas pour le collecteur non plus")
    if seen.failure is not None:
        return found(Outcome.BLOCKED, *_FAILURES.get(seen.failure, ("websocket_cut", "la connexion échoue")))
    if seen.accepted:
        return found(Outcome.BLOCKED, "websocket_silent", "il s'ouvre et ne porte rien")
    if seen.filter != "none":
        return found(Outcome.BLOCKED, "websocket_refused", f"le filtrage « {seen.filter} » répond à la place")
    if seen.status in _NEVER_THERE and control is None:
        return found(Outcome.UNMEASURED, "websocket_not_there", f"le service ne le connaît pas (code {seen.status})")
    return found(Outcome.BLOCKED, "websocket_refused", f"il est refusé (code HTTP {seen.status})")


def _url(service: Service) -> str:
    return f"wss://{urlsplit(service.url).netloc}{service.websocket_path}"


_ALLOW: Final = "Laisser passer les échanges en continu (WebSocket) vers les adresses du service."

CHECK = Check(
    id="network.websocket",
    title="Les échanges en continu (WebSocket) passent.",
    privacy="L'ouverture d'un échange vers l'adresse du profil, et son succès ou son échec ; rien n'y est écrit.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    after=(
        "network.address",
        "network.portal",
        "network.proxy",
        "network.dns",
        "network.reach",
        "network.mtu",
        "network.tls",
        "network.page",
    ),
    after_for={"websocket_silent": ("network.mtu",)},
    told_apart={
        "websocket_refused": "La page passe, et l'ouverture de l'échange est refusée par une réponse HTTP (code, page "
        "d'un filtre).",
        "websocket_cut": "La page passe, et la connexion est coupée à l'ouverture de l'échange.",
        "websocket_silent": "La page passe, et l'échange reste sans réponse, ou s'ouvre et ne porte rien.",
        "websocket_not_there": "Le service répond qu'il ne connaît pas cette adresse (404), sans second regard.",
        "service_websocket_down": "L'échange ne s'ouvre pas pour le collecteur non plus.",
    },
    remedies={
        "websocket_refused": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Les échanges en continu avec le service sont refusés en chemin.",
            action=_ALLOW,
        ),
        "websocket_cut": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Les échanges en continu avec le service sont coupés à l'ouverture.",
            action=_ALLOW,
        ),
        "websocket_silent": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Les échanges en continu avec le service restent sans réponse.",
            action=_ALLOW,
        ),
        "websocket_not_there": Remedy(
            role=Role.EDITOR,
            observation="Le service ne connaît pas l'adresse des échanges en continu que donne le profil.",
            action="Corriger l'adresse des échanges en continu dans le profil.",
        ),
        "service_websocket_down": Remedy(
            role=Role.EDITOR,
            observation="Les échanges en continu avec le service ne s'ouvrent pour personne.",
            action="Rétablir les échanges en continu du service, ou corriger leur adresse dans le profil.",
        ),
    },
)
