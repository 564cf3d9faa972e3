"""Les connexions chiffrées aux services sont reconnues par le poste.

Mesure : qui signe le certificat présenté au poste pour chaque hôte du profil, et si le poste lui fait confiance.
Exige : un certificat que le poste accepte.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from checks.answers.network import Control, Endpoint, Failure, Handshake
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
    filled,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One handshake per endpoint of the profile, and what the collector saw of the services."""

    __pydantic_config__ = STRICT

    handshakes: tuple[Handshake, ...]
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Nothing to set: the workstation's own trust store decides."""

    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Shake hands with every endpoint of the services."""
    endpoints = dict.fromkeys(endpoint for service in requirement.services for endpoint in service.endpoints)
    return Facts(handshakes=machine.handshake(tuple(endpoints)), controls=machine.controls())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at each endpoint of each service."""
    by_endpoint = {Endpoint(host=h.host, port=h.port): h for h in facts.handshakes}
    return conclude(
        evidence
        for service in requirement.services
        for evidence in about_service(
            _about(
                service,
                endpoint,
                by_endpoint.get(endpoint),
                # The collector looks at the service's own address only: it says nothing of the further hosts.
                service.control(facts.controls) if endpoint == service.endpoints[0] else None,
            )
            for endpoint in service.endpoints
        )
    )


_CAUSES: Final[Mapping[Failure, tuple[str, str]]] = {
    "certificate_expired": ("certificate_expired", "présente un certificat périmé"),
    "certificate_not_yet_valid": ("certificate_not_yet_valid", "présente un certificat pas encore valable"),
    "certificate_wrong_name": ("certificate_wrong_name", "présente le certificat d'un autre nom"),
    "certificate_untrusted": ("certificate_untrusted", "présente un certificat inconnu du poste"),
    "tls_version": ("tls_version_refused", "ne parle aucune version de TLS du poste"),
}


def _about(service: Service, endpoint: Endpoint, seen: Handshake | None, control: Control | None) -> Evidence:
    name = f"{endpoint.host}:{endpoint.port}"
    if seen is None:
        sentence = f"{name} n'a pas encore été demandé."
        return Evidence(subject=service.name, outcome=Outcome.UNMEASURED, cause="never_asked", sentence=sentence)
    if seen.failure is None:
        words = "est reconnu par le poste"
        if _resigned(seen, control):
            words += f", déchiffré en chemin par {_maker(seen)}"
        return Evidence(subject=service.name, outcome=Outcome.READY, sentence=f"{name} {words}.")
    cause, words = _named(seen, control)
    return Evidence(subject=service.name, outcome=Outcome.BLOCKED, cause=cause, sentence=f"{name} {words}.")


def _named(seen: Handshake, control: Control | None) -> tuple[str, str]:
    """Return the cause of a handshake that failed, and its words."""
    assert seen.failure is not None
    if not seen.connected:
        return "not_connected", "n'a pas accepté la connexion"
    if control is not None and control.failure == seen.failure and seen.failure in _CAUSES:
        return "service_certificate_faulty", _CAUSES[seen.failure][1] + ", au collecteur aussi"
    if seen.failure == "certificate_untrusted":
        if _resigned(seen, control):
            return "interception_untrusted", f"est déchiffré en chemin par {_maker(seen)}, inconnu du poste"
        if control is not None and control.failure is None:
            return "root_missing", "présente son vrai certificat, dont l'autorité manque au poste"
    return _CAUSES.get(seen.failure, ("tls_cut", "coupe la connexion pendant l'échange chiffré"))


def _resigned(seen: Handshake, control: Control | None) -> bool:
    """Tell whether somebody on the way signed in the service's place: a known filter, or not who the collector saw."""
    known = seen.issuer not in (None, "other")
    return known or bool(control and control.issuer_sha256 and seen.issuer_sha256 != control.issuer_sha256)


def _maker(seen: Handshake) -> str:
    if seen.issuer in (None, "other"):
        return f"une autorité inconnue de Préau (empreinte {seen.issuer_sha256[:12]})"
    return f"« {seen.issuer} »"


CHECK = Check(
    id="network.tls",
    title="Les connexions chiffrées aux services sont reconnues par le poste.",
    privacy="L'émetteur du certificat (liste fermée ou empreinte) et ses dates ; rien de ce qui est échangé ensuite.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    after=("network.address", "network.portal", "network.proxy", "network.dns", "network.reach"),
    after_for={
        "certificate_expired": ("network.clock",),
        "certificate_not_yet_valid": ("network.clock",),
        "tls_cut": ("network.mtu",),
    },
    remedies={
        "not_connected": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le service n'accepte pas la connexion.",
            action="Autoriser les hôtes et ports du service depuis le réseau de l'école.",
        ),
        "tls_cut": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="La connexion est coupée quand le poste nomme le service.",
            action="Autoriser les noms du service dans le filtrage, sans déchiffrement.",
        ),
        "tls_version_refused": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste et le service n'ont aucune version de TLS commune.",
            action="Mettre à jour le système du poste.",
        ),
        "interception_untrusted": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le filtrage déchiffre le service et le poste ne reconnaît pas son autorité.",
            action="Installer sur le poste le certificat de l'autorité du filtrage, à demander à qui l'exploite.",
        ),
        "root_missing": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Il manque au poste l'autorité qui signe le service.",
            action="Mettre à jour les certificats racines du poste (mises à jour du système).",
        ),
        "certificate_untrusted": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le certificat présenté au poste est signé par une autorité inconnue.",
            action="Dire si le filtrage déchiffre ce service ; si oui, l'exempter ou fournir son autorité aux postes.",
        ),
        "certificate_expired": Remedy(
            role=Role.EDITOR,
            observation="Le certificat présenté au poste est périmé.",
            action="Renouveler le certificat du service.",
        ),
        "certificate_not_yet_valid": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le certificat présenté au poste n'est pas encore valable.",
            action="Vérifier la date et l'heure du poste.",
        ),
        "certificate_wrong_name": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le certificat présenté au poste est celui d'un autre nom.",
            action="Vérifier que le filtrage ou le DNS ne détourne pas le service.",
        ),
        "service_certificate_faulty": Remedy(
            role=Role.EDITOR,
            observation="Le certificat du service est refusé, par le collecteur aussi.",
            action="Corriger le certificat du service.",
        ),
    },
)
