"""Les règles imposées aux navigateurs laissent l'ENT marcher.

Mesure : ce que les règles imposées à chaque navigateur, pour le poste ou le compte, retirent aux hôtes du profil.
Exige : ni l'adresse, ni JavaScript, ni les cookies interdits aux services ; leurs fenêtres permises.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from checks.answers import STRICT
from checks.answers.browser import Bound, Policies, PolicyEffect
from checks.machine import Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Service, Verdict, about_service, conclude, filled

_NAMES: Final = {"chrome": "Chrome", "chromium": "Chromium", "edge": "Edge", "firefox": "Firefox", "safari": "Safari"}
_BREAKS: Final = {
    "address": ("address_forbidden", "interdit l'adresse de"),
    "javascript": ("javascript_forbidden", "interdit JavaScript à"),
    "cookies": ("cookies_forbidden", "interdit les cookies de"),
}
_HINDERS: Final = {
    "popups": ("popups_forbidden", "interdit les nouvelles fenêtres de"),
    "third_party_cookies": ("third_party_cookies_forbidden", "interdit les cookies tiers de"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    policies: Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What the services need of a browser, beyond their address, JavaScript and cookies."""

    services: tuple[Service, ...] = filled()
    popups: bool = True  # they open windows
    third_party_cookies: bool = False  # they hold each other's pages in frames and keep a session there


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Ask what policies take from the hosts of the services."""
    hosts = (end.host for service in requirement.services for end in service.endpoints)
    return Facts(policies=machine.policies(tuple(dict.fromkeys(hosts))))


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """For each service, look for a browser it works in, then at those it does not."""
    installed = {place.browser for place in facts.policies.places if place.installed}
    found = [
        evidence
        for service in requirement.services or ()
        for evidence in about_service(_judged(service, facts, requirement, installed))
    ]
    unreadable = [p for p in facts.policies.places if p.installed and p.state == "unreadable"]
    if unreadable and all(e.outcome is Outcome.READY for e in found):
        names = ", ".join(sorted({_NAMES[place.browser] for place in unreadable}))
        sentence = f"Règles impossibles à lire : {names}."
        found = [Evidence(outcome=Outcome.UNMEASURED, cause="policies_unreadable", sentence=sentence)]
    nothing = Evidence(outcome=Outcome.READY, cause=None, sentence="Aucune règle ne gêne les services.")
    return conclude(found or [nothing])


def _judged(service: Service, facts: Facts, requirement: Requirement, installed: set[Bound]) -> Iterator[Evidence]:
    hosts = {end.host for end in service.endpoints}
    about = [e for e in facts.policies.effects if e.host in hosts and e.browser in installed]
    breaks = [e for e in about if e.forbids in _BREAKS]
    works_elsewhere = bool(installed - {e.browser for e in breaks})
    for effect in breaks:
        cause, words = _BREAKS[effect.forbids]
        outcome = Outcome.AT_RISK if works_elsewhere else Outcome.BLOCKED
        yield Evidence(subject=service.name, outcome=outcome, cause=cause, sentence=_said(effect, words))
    wanted = {"popups": requirement.popups, "third_party_cookies": requirement.third_party_cookies}
    for effect in about:
        if wanted.get(effect.forbids):
            cause, words = _HINDERS[effect.forbids]
            yield Evidence(subject=service.name, outcome=Outcome.AT_RISK, cause=cause, sentence=_said(effect, words))
    yield Evidence(
        subject=service.name, outcome=Outcome.READY, cause=None, sentence=f"Aucune règle ne gêne {service.title}."
    )


def _said(effect: PolicyEffect, words: str) -> str:
    whose = "du poste" if effect.scope == "machine" else "du compte"
    return f"Une règle {whose} pour {_NAMES[effect.browser]} {words} {effect.host}."


def _remedy(observation: str, what: str) -> Remedy:
    return Remedy(
        role=Role.EQUIPMENT_OWNER,
        observation=observation,
        action=f"Dans les règles imposées au navigateur (stratégies de groupe, outil de gestion), {what}.",
    )


CHECK = Check(
    id="browser.policies",
    title="Les règles imposées aux navigateurs laissent l'ENT marcher.",
    privacy="Ce que les règles interdisent aux seuls hôtes du profil ; ni les règles, ni les autres adresses citées.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "address_forbidden": _remedy(
            "Une règle du navigateur interdit l'adresse du service.", "autoriser les hôtes du service (URLAllowlist)"
        ),
        "javascript_forbidden": _remedy(
            "Une règle du navigateur interdit JavaScript au service.", "autoriser JavaScript pour les hôtes du service"
        ),
        "cookies_forbidden": _remedy(
            "Une règle du navigateur interdit les cookies du service : la connexion y échoue.",
            "autoriser les cookies des hôtes du service",
        ),
        "popups_forbidden": _remedy(
            "Une règle du navigateur interdit au service d'ouvrir des fenêtres.",
            "autoriser les fenêtres des hôtes du service",
        ),
        "third_party_cookies_forbidden": _remedy(
            "Une règle du navigateur interdit les cookies entre les services.",
            "autoriser les cookies des hôtes du service",
        ),
        "policies_unreadable": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Les règles imposées au navigateur n'ont pas pu être lues.",
            action="Ouvrir chrome://policy, edge://policy ou about:policies dans la session des élèves.",
        ),
    },
)
