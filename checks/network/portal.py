"""Aucun portail ne retient le poste avant Internet.

Mesure : ce que répond chaque service sans chiffrement, si le collecteur répond, et si un seul hôte a prouvé qui il est.
Exige : que le réseau laisse passer sans qu'il faille d'abord s'identifier sur une page (portail captif).
"""

from dataclasses import dataclass

from checks.answers.network import Control
from checks.answers.ways import PlainAnswer, Portal
from checks.machine import STRICT, Machine
from checks.model import Check, Outcome, Remedy, Role, Service, Verdict, filled, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What answers without encryption, and what the collector saw of the services."""

    __pydantic_config__ = STRICT

    portal: Portal
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Nothing to set: a portal stands before the network or none does."""

    services: tuple[Service, ...] = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Ask each service without encryption, where portals show themselves."""
    hosts = dict.fromkeys(service.endpoints[0].host for service in requirement.services)
    return Facts(portal=machine.portal(tuple(hosts)), controls=machine.controls())


def judge(facts: Facts, requirement: Requirement) -> Verdict:  # noqa: ARG001 - every judge has this shape
    """See a portal where every plain answer is one, and nothing at all has proved who it is."""
    portal = facts.portal
    if portal.secured:
        return verdict(Outcome.READY, None, "Au moins un hôte a prouvé qui il est : aucun portail ne retient le poste.")
    if portal.collector_asked and portal.collector is None:
        return verdict(Outcome.READY, None, "Le collecteur répond : aucun portail ne retient le poste.")
    expected = {c.plain_target_sha256 for c in facts.controls if c.plain_target_sha256}
    answered = [answer for answer in portal.plain if answer.failure is None]
    if answered and all(_is_portal(answer, expected) for answer in answered):
        sentence = "Une page d'identification répond à la place des services, et rien d'autre ne passe."
        return verdict(Outcome.BLOCKED, "login_page_first", sentence)
    return verdict(Outcome.READY, None, "Aucune page d'identification ne répond à la place des services.")


def _is_portal(answer: PlainAnswer, expected: set[str]) -> bool:
    """Tell a portal's answer from a service's own redirect, and from a filter's page."""
    if answer.filter != "none":
        return False
    if answer.redirect == "elsewhere":
        return answer.target_sha256 not in expected
    return answer.status == 511 or (answer.status == 200 and answer.has_form)  # 511: RFC 6585


CHECK = Check(
    id="network.portal",
    title="Aucun portail ne retient le poste avant Internet.",
    privacy="Le genre de réponse reçue sans chiffrement et l'empreinte du nom vers lequel elle mène ; jamais la page.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    after=("network.address",),
    deadline_ms=14_000,
    told_apart={
        "login_page_first": "Tout ce qui est demandé sans chiffrement mène à une même page d'identification, et aucun "
        "hôte, pas même le collecteur, n'a prouvé qui il est ; une page de filtrage est signée, ou ne touche que "
        "certains services.",
    },
    remedies={
        "login_page_first": Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Un portail demande de s'identifier avant de laisser passer le poste.",
            action="S'identifier au portail depuis ce poste, ou l'en exempter pour qu'il passe sans identification.",
        ),
    },
)
