"""Les connexions chiffrées aux services sont reconnues par le poste.

Mesure : qui signe le certificat présenté au poste pour chaque hôte du profil, et si le poste lui fait confiance.
Exige : un certificat que le poste accepte.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from checks.answers.network import Control, Endpoint, Failure, Handshake
from checks.machine import STRICT, Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Service, Verdict, about_service, conclude, filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One handshake per endpoint of the profile, and what the collector saw of the services."""

    __pydantic_config__ = STRICT

    handshakes: tuple[Handshake, ...]
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """The workstation's own trust store decides; a profile may also ask that nobody decrypts on the way."""

    interception: Literal["accepted", "refused"] = "accepted"
    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Shake hands with every endpoint of the services."""
    endpoints = dict.fromkeys(endpoint for service in requirement.services for endpoint in service.endpoints)
    return Facts(handshakes=machine.handshake(tuple(endpoints)), controls=machine.controls())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at each endpoint of each service."""
    by_endpoint = {Endpoint(host=h.host, port=h.port): h for h in facts.handshakes}
    signers = _signers(facts, requirement.services)
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
                signers,
                requirement.interception,
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
    "timeout": ("tls_stalled", "accepte la connexion, puis plus rien n'arrive"),
    "not_tls": ("answered_in_clear", "répond en clair à la place du service"),
}


def _signers(facts: Facts, services: tuple[Service, ...]) -> Mapping[str, bool]:
    """Return who signs, by fingerprint, and whether in a service's own signer's place: further hosts have the same."""
    own = {service.endpoints[0]: service.control(facts.controls) for service in services}
    seen = ((hand, own.get(Endpoint(host=hand.host, port=hand.port))) for hand in facts.handshakes)
    return {
        hand.issuer_sha256: _resigned(hand, control, {}) for hand, control in seen if control and hand.issuer_sha256
    }


def _about(
    service: Service,
    endpoint: Endpoint,
    seen: Handshake | None,
    control: Control | None,
    signers: Mapping[str, bool],
    interception: str,
) -> Evidence:
    name = f"{endpoint.host}:{endpoint.port}"

    def found(outcome: Outcome, cause: str | None, words: str) -> Evidence:
        sentence = f"{name} {words}."
        return Evidence(subject=service.name, host=endpoint.host, outcome=outcome, cause=cause, sentence=sentence)

    if seen is None:
        return found(Outcome.UNMEASURED, "never_asked", "n'a pas encore été demandé")
    if seen.failure is not None:
        return found(Outcome.BLOCKED, *_named(seen, control, signers))
    if not _resigned(seen, control, signers):
        return found(Outcome.READY, None, "est reconnu par le poste")
    words = f"est reconnu par le poste, déchiffré en chemin par {_maker(seen)}"
    if seen.firefox == "refused":
        return found(Outcome.AT_RISK, "interception_unknown_to_firefox", f"{words}, que Firefox ne connaît pas")
    if interception == "refused":
        return found(Outcome.AT_RISK, "interception_trusted", words)
    return found(Outcome.READY, None, words)


def _named(seen: Handshake, control: Control | None, signers: Mapping[str, bool]) -> tuple[str, str]:
    """Return the cause of a handshake that failed, and its words."""
    assert seen.failure is not None
    if not seen.connected:
        return "not_connected", "n'a pas accepté la connexion"
    cause, words = _CAUSES.get(seen.failure, ("tls_cut", "coupe la connexion pendant l'échange chiffré"))
    if control is not None and control.failure == seen.failure:
        if seen.failure.startswith("certificate_"):
            return "service_certificate_faulty", f"{words}, au collecteur aussi"
        return "service_tls_faulty", f"{words}, pour le collecteur aussi"
    if _resigned(seen, control, signers):
        if seen.failure == "certificate_untrusted":
            return "interception_untrusted", f"est déchiffré en chemin par {_maker(seen)}, inconnu du poste"
        if seen.failure == "certificate_expired":
            return "interception_expired", f"est déchiffré en chemin par {_maker(seen)}, dont le certificat est périmé"
    sound = control is not None and control.failure is None
    if seen.failure == "certificate_untrusted" and seen.issuer_sha256 and (sound or seen.issuer_sha256 in signers):
        return "root_missing", "présente son vrai certificat, dont l'autorité manque au poste"
    if seen.failure == "tls_version" and sound:
        return "tls_version_lowered", "ne parle qu'une version de TLS périmée, ici seulement"
    return cause, words


def _resigned(seen: Handshake, control: Control | None, signers: Mapping[str, bool]) -> bool:
    """Tell whether somebody on the way signed in the service's place: a known filter, or not who the collector saw."""
    known = seen.issuer not in (None, "other") or signers.get(seen.issuer_sha256, False)
    compared = control is not None and control.issuer_sha256 and seen.issuer_sha256
    return known or bool(compared and control is not None and seen.issuer_sha256 != control.issuer_sha256)


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
        "interception_expired": ("network.clock",),
        "certificate_not_yet_valid": ("network.clock",),
        "tls_stalled": ("network.mtu",),
    },
    told_apart={
        "not_connected": "La connexion a été faite pour `network.reach`, et ne l'est plus pour l'échange chiffré.",
        "tls_cut": "La connexion est coupée (ou refusée par une alerte) après que le poste a nommé le service, ici "
        "seulement.",
        "tls_stalled": "La connexion est acceptée, puis plus rien n'arrive, même en petits paquets (sinon "
        "`network.mtu`).",
        "answered_in_clear": "Ce qui répond n'est pas du TLS : une page en clair d'un filtre ou d'un proxy.",
        "tls_version_refused": "Aucune version commune, sans second regard pour dire si c'est le service ou le chemin.",
        "tls_version_lowered": "Aucune version commune ici, alors que le collecteur parle au service : c'est le "
        "chemin.",
        "interception_trusted": "L'émetteur n'est pas celui que voit le collecteur (ou est celui d'un filtre connu), "
        "et le poste l'accepte ; n'est un écart que si le profil le refuse.",
        "interception_unknown_to_firefox": "Comme `interception_trusted`, et la liste propre de Firefox, stratégies "
        "et profils compris, refuse cette autorité.",
        "interception_expired": "Le certificat refusé comme périmé est celui d'un filtre, non du service, et "
        "l'horloge du poste est à l'heure.",
        "interception_untrusted": "L'émetteur est celui d'un filtre connu, ou n'est pas celui que voit le collecteur, "
        "et le poste ne l'accepte pas.",
        "root_missing": "L'émetteur est bien celui que voit le collecteur, et le poste ne l'accepte pas.",
        "certificate_untrusted": "L'autorité est inconnue du poste, sans second regard pour dire qui signe.",
        "certificate_expired": "Le certificat est périmé et l'horloge du poste est à l'heure (sinon `network.clock` "
        "l'explique).",
        "certificate_not_yet_valid": "Le certificat n'est pas encore valable et l'horloge du poste est à l'heure "
        "(sinon `network.clock` l'explique).",
        "certificate_wrong_name": "Le certificat est celui d'un autre nom, ici seulement : quelque chose répond à la "
        "place du service.",
        "service_tls_faulty": "L'échange chiffré échoue de la même façon pour le collecteur.",
        "service_certificate_faulty": "Le certificat est refusé pour la même raison par le collecteur.",
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
        "tls_stalled": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="La connexion au service est acceptée, puis l'échange chiffré s'arrête.",
            action="Autoriser les noms du service dans le filtrage, sans déchiffrement.",
        ),
        "answered_in_clear": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Une réponse en clair arrive à la place de l'échange chiffré.",
            action="Autoriser les adresses du service dans le filtrage ou le proxy, qui répond à sa place.",
        ),
        "tls_version_refused": Remedy(
            role=Role.EDITOR,
            observation="Le service ne parle qu'une version de TLS périmée.",
            action="Offrir TLS 1.2 ou 1.3.",
        ),
        "tls_version_lowered": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="En chemin, seule une version périmée de TLS est offerte.",
            action="Mettre à jour l'équipement qui déchiffre, ou exempter le service de déchiffrement.",
        ),
        "interception_trusted": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le filtrage déchiffre le service, et le poste l'accepte.",
            action="Exempter le service de déchiffrement : son profil le demande.",
        ),
        "interception_unknown_to_firefox": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le filtrage déchiffre le service ; le poste reconnaît son autorité, mais pas Firefox.",
            action="Installer l'autorité du filtrage dans Firefox aussi (stratégie Certificates de Firefox).",
        ),
        "interception_expired": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le filtrage déchiffre le service avec un certificat périmé.",
            action="Renouveler le certificat de l'autorité du filtrage et le donner aux postes.",
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
        "service_tls_faulty": Remedy(
            role=Role.EDITOR,
            observation="L'échange chiffré avec le service échoue, pour le collecteur aussi.",
            action="Rétablir le service.",
        ),
        "service_certificate_faulty": Remedy(
            role=Role.EDITOR,
            observation="Le certificat du service est refusé, par le collecteur aussi.",
            action="Corriger le certificat du service.",
        ),
    },
)
