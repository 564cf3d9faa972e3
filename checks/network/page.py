"""La vraie page des services arrive jusqu'au poste.

Mesure : l'empreinte de la page connue de chaque service, telle qu'elle arrive au poste ; le code HTTP ne suffit pas.
Exige : la page connue, et non une page de blocage, d'identification ou d'erreur.
"""

from dataclasses import dataclass

from checks.answers.network import Control, Page, PageAsked
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


def _about(service: Service, page: Page | None, control: Control | None, slow_ms: int | None) -> Evidence:
    host = service.endpoints[0].host

    def found(outcome: Outcome, cause: str | None, words: str) -> Evidence:
        sentence = f"{service.title} : {words}."
        return Evidence(subject=service.name, host=host, outcome=outcome, cause=cause, sentence=sentence)

    if page is None:
        return found(Outcome.UNMEASURED, "never_asked", "la page n'a pas encore été demandée")
    if page.failure is not None:
        if page.filter != "none":
            return found(Outcome.BLOCKED, "page_blocked", f"le filtrage « {page.filter} » refuse")
        return found(Outcome.BLOCKED, "page_not_received", "la page n'arrive pas")
    if _known(service, page, control):
        took = f"la page connue arrive en {duration(page.took_ms)}"
        if slow_ms is not None and page.took_ms > slow_ms:
            return found(Outcome.AT_RISK, "page_slow", f"{took} ; {duration(slow_ms)} au plus")
        return found(Outcome.READY, None, took)
    return found(*_unexpected(service, page, control))


def _known(service: Service, page: Page, control: Control | None) -> bool:
    """Tell whether a page is the one known: by its hash, by words always in it, or as the collector received it."""
    if service.known_sha256 or service.known_text:
        return bool(page.has_known_text) or page.body_sha256 == service.known_sha256
    return _as_the_collector(page, control) and (page.status or 0) < 400


def _as_the_collector(page: Page, control: Control | None) -> bool:
    """Tell whether the collector received the same; two empty bodies are no proof."""
    same = control is not None and control.failure is None and control.body_sha256 == page.body_sha256
    return same and page.body_bytes > 0


def _unexpected(service: Service, page: Page, control: Control | None) -> tuple[Outcome, str, str]:
    """Return what a page that is not the known one means."""
    status = f" (code HTTP {page.status})" if page.status else ""
    is_error = page.status is not None and page.status >= 500
    if _as_the_collector(page, control):
        if is_error:
            return Outcome.BLOCKED, "page_error", f"le service répond par une erreur, au collecteur aussi{status}"
        return Outcome.UNMEASURED, "page_changed", "la page a changé, pour le collecteur aussi"
    if page.filter != "none":
        return Outcome.BLOCKED, "page_blocked", f"le filtrage « {page.filter} » envoie sa page de blocage"
    if page.redirect == "elsewhere":
        return Outcome.BLOCKED, "page_sent_elsewhere", "le poste est envoyé vers un autre site"
    if not (service.known_sha256 or service.known_text) and (control is None or not control.body_sha256):
        return Outcome.UNMEASURED, "page_not_described", "une page arrive, et rien ne dit si c'est la bonne"
    if is_error and not (control is not None and control.failure is None and control.has_known_text):
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
    after=("network.address", "network.portal", "network.proxy", "network.dns", "network.reach", "network.tls"),
    after_for={"page_not_received": ("network.mtu",)},
    told_apart={
        "page_not_received": "Tout le chemin passe jusqu'à l'échange chiffré, et la page n'arrive pas.",
        "page_blocked": "La page reçue n'est pas la page connue, et porte la marque d'un filtre ; le code HTTP ne "
        "compte pas (e2guardian répond 200).",
        "page_replaced": "La page reçue n'est ni la page connue ni celle que reçoit le collecteur, et rien ne dit de "
        "qui elle est.",
        "page_sent_elsewhere": "La réponse envoie vers un autre hôte, ici seulement, sans marque d'un filtre ni "
        "portail.",
        "page_error": "La réponse est une erreur 5xx, pour le collecteur aussi ou sans qu'il dise le contraire.",
        "page_changed": "Le poste et le collecteur reçoivent la même page, qui n'est plus celle du profil : c'est le "
        "profil qu'il faut corriger.",
        "page_not_described": "Le profil ne dit rien de la page et le collecteur n'a rien reçu : rien ne permet de "
        "conclure.",
        "page_slow": "La page connue arrive, en plus de temps que le profil ne l'admet.",
    },
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
            action="Autoriser les adresses du service sans détour par un autre site (blocage, identification).",
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
