"""Les noms des services sont résolus.

Mesure : comment le poste résout chaque nom du profil, et en combien de temps.
Exige : une adresse utilisable pour chaque nom.
"""

from dataclasses import dataclass

from checks.answers.network import Control, Resolution
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
    """One answer per host of the profile, and what the collector saw of the services."""

    __pydantic_config__ = STRICT

    lookups: tuple[Resolution, ...]
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """How long a name may take before it is slow; None asks for nothing."""

    slow_ms: int | None = None
    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Resolve every host of the services."""
    hosts = dict.fromkeys(endpoint.host for service in requirement.services for endpoint in service.endpoints)
    return Facts(lookups=machine.resolve(tuple(hosts)), controls=machine.controls())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at each name of each service."""
    by_host = {lookup.host: lookup for lookup in facts.lookups}
    return conclude(
        evidence
        for service in requirement.services
        for evidence in about_service(
            _about(service, host, by_host.get(host), facts, requirement)
            for host in dict.fromkeys(endpoint.host for endpoint in service.endpoints)
        )
    )


def _about(service: Service, host: str, lookup: Resolution | None, facts: Facts, requirement: Requirement) -> Evidence:
    def found(outcome: Outcome, cause: str | None, sentence: str) -> Evidence:
        return Evidence(subject=service.name, outcome=outcome, cause=cause, sentence=sentence)

    if lookup is None:
        return found(Outcome.UNMEASURED, "never_asked", f"{host} n'a pas encore été demandé.")
    control = service.control(facts.controls)
    match lookup.failure:
        case None:
            pass
        case "timeout" | "resolver_silent":
            sentence = f"Pas de réponse pour {host} en {duration(lookup.took_ms)}."
            return found(Outcome.BLOCKED, "resolver_silent", sentence)
        case "name_unknown" | "name_without_address":
            if control is not None and host == service.endpoints[0].host and control.failure == lookup.failure:
                return found(Outcome.BLOCKED, "name_gone", f"{host} n'existe plus, ni ici ni pour le collecteur.")
            return found(Outcome.BLOCKED, "name_refused", f"Le serveur DNS dit que {host} n'existe pas.")
        case _:
            return found(Outcome.BLOCKED, "resolver_failed", f"Le serveur DNS n'a pas su répondre pour {host}.")
    # RFC 6761 keeps "localhost" for the workstation itself; any other name that leads there was sent there.
    if "unspecified" in lookup.kinds or ("loopback" in lookup.kinds and host not in ("localhost", "127.0.0.1", "::1")):
        return found(Outcome.BLOCKED, "name_sinkholed", f"Le serveur DNS envoie {host} vers une adresse nulle.")
    if requirement.slow_ms is not None and lookup.took_ms > requirement.slow_ms:
        sentence = f"{host} résolu en {duration(lookup.took_ms)} ; {duration(requirement.slow_ms)} au plus."
        return found(Outcome.AT_RISK, "resolver_slow", sentence)
    return found(Outcome.READY, None, f"{host} résolu en {duration(lookup.took_ms)}.")


CHECK = Check(
    id="network.dns",
    title="Les noms des services sont résolus.",
    privacy="Les noms du profil et le genre des adresses reçues ; jamais les autres noms demandés par le poste.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    after=("network.address", "network.portal"),
    remedies={
        "resolver_silent": Remedy(
            role=Role.RESOLVER_OPERATOR,
            observation="Le serveur DNS ne répond pas.",
            action="Vérifier le serveur DNS donné aux postes de l'école, et qu'il leur répond.",
        ),
        "resolver_failed": Remedy(
            role=Role.RESOLVER_OPERATOR,
            observation="Le serveur DNS ne sait pas répondre.",
            action="Vérifier le serveur DNS donné aux postes de l'école et ceux qu'il interroge.",
        ),
        "name_refused": Remedy(
            role=Role.RESOLVER_OPERATOR,
            observation="Le serveur DNS refuse un nom du service.",
            action="Autoriser les noms du service dans le DNS ou le filtrage DNS de l'école.",
        ),
        "name_sinkholed": Remedy(
            role=Role.RESOLVER_OPERATOR,
            observation="Le serveur DNS détourne un nom du service vers une adresse nulle.",
            action="Retirer les noms du service de la liste de blocage du DNS.",
        ),
        "name_gone": Remedy(
            role=Role.EDITOR,
            observation="Un nom du service n'existe plus, pour personne.",
            action="Rétablir le nom, ou corriger les hôtes du profil.",
        ),
        "resolver_slow": Remedy(
            role=Role.RESOLVER_OPERATOR,
            observation="Le serveur DNS est lent.",
            action="Vérifier la charge du serveur DNS donné aux postes, ou en donner un plus proche.",
        ),
    },
)
