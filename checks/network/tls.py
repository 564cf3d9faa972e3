"""Les connexions chiffrées aux services sont reconnues par le poste.

Mesure : qui signe le certificat présenté au poste pour chaque hôte du profil, et si le poste lui fait confiance.
Exige : un certificat que le poste accepte.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from checks.answers.network import Control, Endpoint, Failure, Handshake
from checks.machine import STRICT, CannotAnswer, Machine, since
from checks.model import Check, Evidence, Outcome, Service, Verdict, about_service, conclude, filled
from checks.remedies.tls import REMEDIES, TOLD_APART


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One handshake per endpoint of the profile, and what the collector saw of the services."""

    __pydantic_config__ = STRICT

    handshakes: tuple[Handshake, ...]
    controls: tuple[Control, ...]
    # Firefox is the default browser, or the only one; None when it was not asked (nothing turns on it) or is not known.
    firefox_opens: bool | None = since(2, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """The workstation's own trust store decides; a profile may also ask that nobody decrypts on the way."""

    interception: Literal["accepted", "refused"] = "accepted"
    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Shake hands with every endpoint of the services; where Firefox alone refuses one, ask whether it is used."""
    endpoints = dict.fromkeys(endpoint for service in requirement.services for endpoint in service.endpoints)
    handshakes = machine.handshake(tuple(endpoints))
    refused = any(hand.firefox == "refused" for hand in handshakes)
    return Facts(
        handshakes=handshakes,
        controls=machine.controls(),
        firefox_opens=_firefox_opens(machine) if refused else None,
    )


def _firefox_opens(machine: Machine) -> bool | None:
    try:
        browsers = machine.browsers()
    except CannotAnswer:
        return None
    firefox = [browser.name.startswith("firefox") for browser in browsers]
    if all(firefox):
        return bool(firefox) or None
    chosen = [browser for browser in browsers if browser.default]
    return any(browser.name.startswith("firefox") for browser in chosen) if chosen else None


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at each endpoint of each service."""
    by_endpoint = {Endpoint(host=h.host, port=h.port): h for h in facts.handshakes}
    signers = _signers(facts, requirement.services)
    lowered = _lowered(facts, requirement.services)
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
                lowered,
                requirement.interception,
                facts.firefox_opens,
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


def _lowered(facts: Facts, services: tuple[Service, ...]) -> bool:
    """Tell whether a service speaks to the collector and not here: a further host that fails alike fails on the way."""
    own = {service.endpoints[0]: service.control(facts.controls) for service in services}
    failed = (own.get(Endpoint(host=h.host, port=h.port)) for h in facts.handshakes if h.failure == "tls_version")
    return any(control is not None and control.failure is None for control in failed)


def _about(
    service: Service,
    endpoint: Endpoint,
    seen: Handshake | None,
    control: Control | None,
    signers: Mapping[str, bool],
    lowered: bool,
    interception: str,
    firefox_opens: bool | None,
) -> Evidence:
    name = f"{endpoint.host}:{endpoint.port}"

    def found(outcome: Outcome, cause: str | None, words: str) -> Evidence:
        sentence = f"{name} {words}."
        return Evidence(subject=service.name, host=endpoint.host, outcome=outcome, cause=cause, sentence=sentence)

    if seen is None:
        return found(Outcome.UNMEASURED, "never_asked", "n'a pas encore été demandé")
    if seen.failure is not None:
        return found(Outcome.BLOCKED, *_named(seen, control, signers, lowered))
    if not _resigned(seen, control, signers):
        return found(Outcome.READY, None, "est reconnu par le poste")
    words = f"est reconnu par le poste, déchiffré en chemin par {_maker(seen)}"
    if seen.firefox == "refused":
        if firefox_opens:
            return found(
                Outcome.BLOCKED, "interception_unknown_to_firefox", f"{words}, inconnu de Firefox, qui l'ouvre"
            )
        return found(Outcome.AT_RISK, "interception_unknown_to_firefox", f"{words}, que Firefox ne connaît pas")
    if interception == "refused":
        return found(Outcome.AT_RISK, "interception_trusted", words)
    return found(Outcome.READY, None, words)


def _named(seen: Handshake, control: Control | None, signers: Mapping[str, bool], lowered: bool) -> tuple[str, str]:
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
    if seen.failure == "tls_version" and (sound or (control is None and lowered)):
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
    told_apart=TOLD_APART,
    remedies=REMEDIES,
)
