"""La vraie page des services arrive jusqu'au poste.

Mesure : l'empreinte de la page connue de chaque service, telle qu'elle arrive au poste ; le code HTTP ne suffit pas.
Exige : la page connue, et non une page de blocage, d'identification ou d'erreur.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from checks.answers.network import Control, Failure, Page, PageAsked
from checks.machine import STRICT, Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Service, Verdict, conclude, duration, filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One page per service of the profile, and what the collector saw of them."""

    __pydantic_config__ = STRICT

    pages: tuple[Page, ...]
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """How long a page may take before it is slow; None asks for nothing."""

    slow_ms: int | None = None
    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Fetch the known page of every service."""
    asked = (PageAsked(service=s.name, url=s.known_url, known_text=s.known_text) for s in requirement.services)
    return Facts(pages=machine.fetch(tuple(asked)), controls=machine.controls())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Compare each page with what is known of it."""
    by_service = {page.service: page for page in facts.pages}
    return conclude(
        _about(service, by_service.get(service.name), service.control(facts.controls), requirement.slow_ms)
        for service in requirement.services
    )


_FAILURES: Final[Mapping[Failure, tuple[str, str]]] = {
    "proxy_unreachable": ("proxy_unreachable", "le proxy du poste ne répond pas"),
    "proxy_refused": ("proxy_refused", "le proxy refuse cette adresse"),
    "proxy_needs_login": ("proxy_login_asked", "le proxy demande un identifiant"),
}


def _about(service: Service, page: Page | None, control: Control | None, slow_ms: int | None) -> Evidence:
    def found(outcome: Outcome, cause: str | None, words: str) -> Evidence:
        return Evidence(subject=service.name, outcome=outcome, cause=cause, sentence=f"{service.title} : {words}.")

    if page is None:
        return found(Outcome.UNMEASURED, "never_asked", "la page n'a pas encore été demandée")
    if page.failure is not None:
        cause, words = _FAILURES.get(page.failure, ("page_not_received", "la page n'arrive pas"))
        return found(Outcome.BLOCKED, cause, words)
    if _known(service, page.body_sha256, page.has_known_text, control):
        took = f"la page connue arrive en {duration(page.took_ms)}"
        if slow_ms is not None and page.took_ms > slow_ms:
            return found(Outcome.AT_RISK, "page_slow", f"{took} ; {duration(slow_ms)} au plus")
        return found(Outcome.READY, None, took)
    return found(*_unexpected(service, page, control))


def _known(service: Service, sha256: str, has_known_text: bool | None, control: Control | None) -> bool:
    """Tell whether a body is the one known: by its hash, by words always in it, or as the collector received it."""
    if service.known_sha256 or service.known_text:
        return bool(has_known_text) or sha256 == service.known_sha256
    return control is not None and bool(sha256) and sha256 == control.body_sha256


def _unexpected(service: Service, page: Page, control: Control | None) -> tuple[Outcome, str, str]:
    """Return what a page that is not the known one means."""
    if page.filter != "none":
        return Outcome.BLOCKED, "page_blocked", f"le filtrage « {page.filter} » envoie sa page de blocage"
    if page.redirect == "elsewhere":
        return Outcome.BLOCKED, "page_sent_elsewhere", "le poste est envoyé vers un autre site"
    if not (service.known_sha256 or service.known_text) and (control is None or not control.body_sha256):
        return Outcome.UNMEASURED, "page_not_described", "une page arrive, et rien ne dit si c'est la bonne"
    if control is not None and control.failure is None and control.body_sha256 == page.body_sha256:
        return Outcome.UNMEASURED, "page_changed", "la page a changé, pour le collecteur aussi"
    status = f" (code HTTP {page.status})" if page.status else ""
    if page.status is not None and page.status >= 500:
        return Outcome.BLOCKED, "page_error", f"le service répond par une erreur{status}"
    return Outcome.BLOCKED, "page_replaced", f"une autre page arrive à sa place{status}"


_ALLOW = "Autoriser les adresses du service dans le filtrage de l'école."

CHECK = Check(
    id="network.page",
    title="La vraie page des services arrive jusqu'au poste.",
    privacy="L'empreinte et la taille de la page connue du profil ; le contenu ne quitte jamais le poste.",
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
    ),
    remedies={
        "page_not_received": Remedy(
            role=Role.FILTER_OPERATOR, observation="La page du service n'arrive pas.", action=_ALLOW
        ),
        "page_blocked": Remedy(
            role=Role.FILTER_OPERATOR, observation="Le filtrage bloque la page du service.", action=_ALLOW
        ),
        "page_replaced": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Une autre page arrive à la place de celle du service.",
            action=_ALLOW,
        ),
        "page_sent_elsewhere": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le poste est envoyé vers un autre site que le service.",
            action="Ouvrir l'accès du poste au portail du réseau, ou autoriser le service sans identification.",
        ),
        "proxy_unreachable": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le proxy donné au poste ne répond pas.",
            action="Vérifier l'adresse du proxy donnée au poste, et qu'il répond.",
        ),
        "proxy_refused": Remedy(
            role=Role.FILTER_OPERATOR, observation="Le proxy refuse l'adresse du service.", action=_ALLOW
        ),
        "proxy_login_asked": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Le proxy demande un identifiant.",
            action="Autoriser les adresses du service sans identification sur le proxy.",
        ),
        "page_error": Remedy(
            role=Role.EDITOR, observation="Le service répond par une erreur.", action="Rétablir le service."
        ),
        "page_changed": Remedy(
            role=Role.EDITOR,
            observation="La page connue du service a changé.",
            action="Mettre à jour dans le profil ce qui est connu de la page.",
        ),
        "page_not_described": Remedy(
            role=Role.EDITOR,
            observation="Le profil ne dit pas à quoi reconnaître la page du service.",
            action="Donner dans le profil l'empreinte ou quelques mots de la page.",
        ),
        "page_slow": Remedy(
            role=Role.ISP,
            observation="La page du service arrive lentement.",
            action="Vérifier le débit de la ligne de l'école.",
        ),
    },
)
