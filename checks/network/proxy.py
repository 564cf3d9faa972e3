"""Le chemin réglé sur le poste (proxy) mène aux services.

Mesure : pour chaque service, le chemin que prend un navigateur (réglage, script PAC, WPAD), ce qu'il donne, et ce que
donne l'accès direct à côté.
Exige : que le proxy réglé réponde et accepte chaque service sans identifiant, et que le script de réglage soit lisible.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from checks.answers.network import Endpoint
from checks.answers.ways import ProxyWay, Script
from checks.machine import STRICT, Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Service, Verdict, about_service, conclude, filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One way per endpoint of the profile."""

    __pydantic_config__ = STRICT

    ways: tuple[ProxyWay, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Nothing to set: the way written on the workstation leads to the services or it does not."""

    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Find the way to every endpoint of the services."""
    endpoints = dict.fromkeys(endpoint for service in requirement.services for endpoint in service.endpoints)
    return Facts(ways=machine.proxies(tuple(endpoints)))


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at the way to each endpoint of each service."""
    by_endpoint = {Endpoint(host=way.host, port=way.port): way for way in facts.ways}
    return conclude(
        evidence
        for service in requirement.services
        for evidence in about_service(
            _about(service, endpoint, by_endpoint.get(endpoint)) for endpoint in service.endpoints
        )
    )


_SCRIPTS: Final[Mapping[Script, tuple[str, str]]] = {
    "unreachable": ("script_unreachable", "le script de proxy réglé sur le poste ne peut être lu"),
    "invalid": ("script_invalid", "le script de proxy est faux"),
    "endless": ("script_endless", "le script de proxy ne finit pas"),
}


def _about(service: Service, endpoint: Endpoint, seen: ProxyWay | None) -> Evidence:
    def found(outcome: Outcome, cause: str | None, words: str) -> Evidence:
        sentence = f"{endpoint.host}:{endpoint.port} : {words}."
        return Evidence(subject=service.name, host=endpoint.host, outcome=outcome, cause=cause, sentence=sentence)

    if seen is None:
        return found(Outcome.UNMEASURED, "never_asked", "pas encore demandé")
    if seen.script in _SCRIPTS:
        cause, words = _SCRIPTS[seen.script]
        if seen.direct_asked and seen.direct is None:
            return found(Outcome.AT_RISK, cause, f"{words} ; l'accès direct y supplée")
        return found(Outcome.BLOCKED, cause, words)
    if seen.via_proxy and seen.failure is not None:
        denied = _denied(seen)
        if denied is not None:
            return found(*denied)
    if seen.given_up_count:
        return found(Outcome.AT_RISK, "first_proxy_silent", "le premier proxy ne répond pas, un autre chemin y supplée")
    if seen.browser_differs:
        return found(Outcome.AT_RISK, "browser_differs", "un navigateur est réglé sur un autre proxy que le système")
    return found(Outcome.READY, None, "par le proxy du poste" if seen.via_proxy else "accès direct")


def _denied(seen: ProxyWay) -> tuple[Outcome, str, str] | None:
    """Return what a proxy's refusal means; None when it would, and found no way itself."""
    match seen.failure:
        case "proxy_unreachable":
            if seen.direct_asked and seen.direct is None:
                return Outcome.BLOCKED, "proxy_not_here", "le proxy réglé ne répond pas, alors que l'accès direct passe"
            return Outcome.BLOCKED, "proxy_unreachable", "le proxy réglé sur le poste ne répond pas"
        case "proxy_needs_login":
            ways = f" ({', '.join(_LOGINS[login] for login in seen.login)})" if seen.login else ""
            return Outcome.BLOCKED, "proxy_login_asked", f"le proxy demande un identifiant{ways}"
        case "proxy_refused":
            who = f" (filtrage « {seen.filter} »)" if seen.filter not in ("none", "unknown") else ""
            return Outcome.BLOCKED, "proxy_refused", f"le proxy refuse cette adresse{who}"
        case "proxy_unusable":
            return Outcome.UNMEASURED, "proxy_unusable", "le proxy réglé est d'un genre que Préau ne parle pas (SOCKS)"
    return None


_LOGINS: Final = {
    "basic": "Basic",
    "digest": "Digest",
    "ntlm": "NTLM",
    "negotiate": "Negotiate (Kerberos)",
    "other": "autre",
}
_SCRIPT_ACTION: Final = "Corriger le script de réglage des proxys (PAC, WPAD), ou son adresse sur les postes."

CHECK = Check(
    id="network.proxy",
    title="Le chemin réglé sur le poste (proxy) mène aux services.",
    privacy="Le genre de réglage et ce qu'il donne, l'empreinte de l'adresse du proxy, si un navigateur en a un "
    "autre ; jamais un identifiant, un mot de passe ou le script.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    after=("network.address", "network.portal"),
    deadline_ms=14_000,
    told_apart={
        "proxy_unreachable": "Le proxy réglé n'accepte pas de connexion, et l'accès direct ne passe pas non plus.",
        "proxy_not_here": "Le proxy réglé n'accepte pas de connexion alors que l'accès direct passe : le réglage est "
        "celui d'un autre lieu.",
        "proxy_refused": "Le proxy répond, et refuse le tunnel vers ce service (code 403, redirection, page) ; s'il "
        "n'a pas pu joindre le service, c'est `network.reach`.",
        "proxy_login_asked": "Le proxy répond par le code 407 ; les façons de s'identifier qu'il offre sont nommées "
        "(Basic, NTLM, Negotiate).",
        "proxy_unusable": "Le réglage nomme un proxy SOCKS, que l'agent ne parle pas : rien n'est conclu.",
        "script_unreachable": "Le script de réglage ne peut être lu à son adresse ; l'accès direct, que prennent "
        "alors les navigateurs, dit s'il bloque.",
        "script_invalid": "Le script est lu et ne rend pas de réponse (erreur de programme, page à sa place).",
        "script_endless": "Le script, exécuté à part, n'a pas répondu dans le temps donné.",
        "first_proxy_silent": "Le premier proxy donné par le script ne répond pas et un autre chemin du même script y "
        "supplée.",
        "browser_differs": "Une stratégie de navigateur nomme un autre chemin que le système.",
    },
    remedies={
        "proxy_unreachable": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le proxy réglé sur le poste ne répond pas.",
            action="Rétablir le proxy, ou donner aux postes l'adresse du nouveau.",
        ),
        "proxy_not_here": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste est réglé sur un proxy qui n'existe pas ici, alors que l'accès direct passe.",
            action="Retirer ce proxy des réglages du poste, ou y mettre celui de l'école.",
        ),
        "proxy_refused": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le proxy refuse l'adresse du service.",
            action="Autoriser les adresses du service dans le filtrage de l'école.",
        ),
        "proxy_login_asked": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le proxy demande un identifiant.",
            action="Autoriser les adresses du service sans identification sur le proxy.",
        ),
        "proxy_unusable": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le proxy réglé sur le poste est d'un genre que Préau ne parle pas.",
            action="Ouvrir le service dans un navigateur de ce poste ; dire à l'exploitant de Préau ce qu'il en est.",
        ),
        "script_unreachable": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le script de réglage des proxys ne peut être lu à son adresse.",
            action=_SCRIPT_ACTION,
        ),
        "script_invalid": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le script de réglage des proxys est faux.",
            action=_SCRIPT_ACTION,
        ),
        "script_endless": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le script de réglage des proxys ne finit pas.",
            action=_SCRIPT_ACTION,
        ),
        "first_proxy_silent": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le premier proxy du script ne répond pas, ce qui ralentit chaque page.",
            action="Rétablir ce proxy, ou le retirer du script.",
        ),
        "browser_differs": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Un navigateur du poste est réglé sur un autre proxy que le système.",
            action="Mettre le même réglage de proxy dans le navigateur et dans le système.",
        ),
    },
)
