"""Les noms des services sont résolus.

Mesure : comment le poste résout chaque nom du profil, en combien de temps, et ce que dit chacun de ses serveurs DNS.
Exige : une adresse utilisable, qui mène au vrai service, pour chaque nom que le poste résout lui-même.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from checks.answers import since
from checks.answers.network import Control, ControlHost, Resolution
from checks.answers.ways import DnsAnswer, Proof
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
    answers: tuple[DnsAnswer, ...] = since(2, ())  # what each name server says, asked directly


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """How long a name may take before it is slow; None asks for nothing."""

    slow_ms: int | None = None
    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Resolve every host of the services, and ask each name server for it."""
    hosts = dict.fromkeys(endpoint.host for service in requirement.services for endpoint in service.endpoints)
    answers = machine.dns_answers(tuple(hosts))
    return Facts(lookups=machine.resolve(tuple(hosts)), controls=machine.controls(), answers=answers)


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at each name of each service."""
    lookups = {lookup.host: lookup for lookup in facts.lookups}
    answers = {answer.host: answer for answer in facts.answers}
    expected = {host.host: host for control in facts.controls for host in control.hosts}
    return conclude(
        evidence
        for service in requirement.services
        for evidence in about_service(
            _about(
                service,
                host,
                lookups.get(host),
                answers.get(host),
                expected.get(host) or _of_service(service, host, facts.controls),
                requirement.slow_ms,
            )
            for host in dict.fromkeys(endpoint.host for endpoint in service.endpoints)
        )
    )


def _of_service(service: Service, host: str, controls: tuple[Control, ...]) -> ControlHost | None:
    """Return what a control without hosts says of a service's own name."""
    control = service.control(controls)
    if control is None or control.hosts or host != service.endpoints[0].host:
        return None
    return ControlHost(host=host, failure=control.failure, addresses_sha256=(), canonical_sha256="")


_FAR: Final[Mapping[Proof, int]] = {"not_asked": 0, "silent": 0, "answers": 1, "proved": 2}
"""How far each went: what answers where the collector was sent must go farther than what answers here."""


def _about(
    service: Service,
    host: str,
    lookup: Resolution | None,
    answer: DnsAnswer | None,
    expected: ControlHost | None,
    slow_ms: int | None,
) -> Evidence:
    def found(outcome: Outcome, cause: str | None, sentence: str) -> Evidence:
        return Evidence(subject=service.name, host=host, outcome=outcome, cause=cause, sentence=sentence)

    if lookup is None:
        return found(Outcome.UNMEASURED, "never_asked", f"{host} n'a pas encore été demandé.")
    if lookup.via_proxy:
        return found(Outcome.READY, None, f"{host} : le proxy s'en charge.")
    if lookup.failure is not None:
        return found(Outcome.BLOCKED, *_unresolved(host, lookup, answer, expected))
    # RFC 6761 keeps "localhost" for the workstation itself; any other name that leads there was sent there.
    if "unspecified" in lookup.kinds or ("loopback" in lookup.kinds and host not in ("localhost", "127.0.0.1", "::1")):
        return found(Outcome.BLOCKED, "name_sinkholed", f"Le serveur DNS envoie {host} vers une adresse nulle.")
    if answer is not None and answer.given != "not_asked" and _FAR[answer.expected] > _FAR[answer.given]:
        return found(Outcome.BLOCKED, *_diverted(host, answer, expected))
    if slow_ms is not None and lookup.took_ms > slow_ms:
        sentence = f"{host} résolu en {duration(lookup.took_ms)} ; {duration(slow_ms)} au plus."
        return found(Outcome.AT_RISK, "resolver_slow", sentence)
    return found(Outcome.READY, None, f"{host} résolu en {duration(lookup.took_ms)}.")


def _unresolved(
    host: str, lookup: Resolution, answer: DnsAnswer | None, expected: ControlHost | None
) -> tuple[str, str]:
    """Return the cause of a name without address, and the sentence: name servers say more than the system does."""
    said = {server.said for server in answer.servers} if answer is not None else set()
    if lookup.failure in ("name_unknown", "name_without_address"):
        if expected is not None and expected.failure in ("name_unknown", "name_without_address"):
            return "name_gone", f"{host} n'existe plus, ni ici ni pour le collecteur."
        return "name_refused", f"Le serveur DNS dit que {host} n'existe pas."
    if "refused" in said:
        return "resolver_refused", f"Le serveur DNS refuse de répondre au poste pour {host}."
    if "servfail" in said or "other" in said or (lookup.failure not in ("timeout", "resolver_silent") and not said):
        return "resolver_failed", f"Le serveur DNS n'a pas su répondre pour {host}."
    return "resolver_silent", f"Pas de réponse pour {host} en {duration(lookup.took_ms)}."


def _diverted(host: str, answer: DnsAnswer, expected: ControlHost | None) -> tuple[str, str]:
    """Return the cause of a name sent to a machine that is not the service, and the sentence."""
    aliases = {server.canonical_sha256 for server in answer.servers} - {""}
    if aliases - {expected.canonical_sha256 if expected is not None else ""}:
        return "name_rewritten", f"Le serveur DNS donne à {host} un autre nom, qui ne mène pas au service."
    return "name_sinkholed", f"Le serveur DNS envoie {host} vers une machine qui n'est pas le service."


CHECK = Check(
    id="network.dns",
    title="Les noms des services sont résolus.",
    privacy="Les noms du profil et le genre des adresses reçues ; jamais les autres noms demandés par le poste.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    after=("network.address", "network.portal"),
    told_apart={
        "resolver_silent": "Aucun serveur DNS du poste n'a répondu, ni au système ni interrogé directement, alors que "
        "quelque chose répond au-delà (sinon `network.address` `nothing_beyond`).",
        "resolver_failed": "Un serveur DNS interrogé directement répond qu'il a échoué (SERVFAIL).",
        "resolver_refused": "Un serveur DNS interrogé directement répond qu'il refuse (REFUSED).",
        "name_refused": "Le serveur dit que le nom n'existe pas (NXDOMAIN), alors que le collecteur le résout ou que "
        "rien ne dit le contraire.",
        "name_sinkholed": "L'adresse donnée est nulle ou locale, ou n'est pas de celles du collecteur et ne prouve "
        "pas être le service, quand celle du collecteur y arrive : des adresses différentes ne suffisent pas.",
        "name_rewritten": "Comme `name_sinkholed`, et le serveur DNS donne un alias (CNAME) que le collecteur ne voit "
        "pas (recherche protégée, page de blocage).",
        "name_gone": "Le nom n'existe ni pour le poste ni pour le collecteur.",
        "resolver_slow": "Le nom est résolu, en plus de temps que le profil ne l'admet.",
    },
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
        "resolver_refused": Remedy(
            role=Role.RESOLVER_OPERATOR,
            observation="Le serveur DNS refuse de répondre au poste.",
            action="Autoriser les postes de l'école à interroger ce serveur DNS, ou leur en donner un autre.",
        ),
        "name_refused": Remedy(
            role=Role.RESOLVER_OPERATOR,
            observation="Le serveur DNS refuse un nom du service.",
            action="Autoriser les noms du service dans le DNS ou le filtrage DNS de l'école.",
        ),
        "name_sinkholed": Remedy(
            role=Role.RESOLVER_OPERATOR,
            observation="Le serveur DNS détourne un nom du service.",
            action="Retirer les noms du service de la liste de blocage du DNS.",
        ),
        "name_rewritten": Remedy(
            role=Role.RESOLVER_OPERATOR,
            observation="Le serveur DNS remplace un nom du service par un autre.",
            action="Retirer les noms du service des réécritures du DNS (recherche protégée, page de blocage).",
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
