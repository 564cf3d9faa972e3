"""Le système se met à jour.

Mesure : depuis combien de jours des mises à jour ont été cherchées et installées, si elles s'installent d'elles-mêmes,
si l'une d'elles attend un redémarrage.
Exige : des mises à jour automatiques, ou installées depuis moins de tant de jours.
"""

from dataclasses import dataclass

from checks.answers import STRICT
from checks.answers.system import Updates
from checks.machine import Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Verdict, conclude


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    updates: Updates


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """How updates must go; a key left out asks for nothing."""

    automatic: bool = False  # they must install by themselves
    maximum_age_days: int | None = None  # since some were last installed


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask how updates go."""
    return Facts(updates=machine.updates())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at each thing required, then at a restart that is waited for."""
    seen, found = facts.updates, []
    if requirement.automatic and seen.automatic is False:
        found.append(_because(Outcome.BLOCKED, "updates_off", "Les mises à jour automatiques sont coupées."))
    if requirement.maximum_age_days is not None and (seen.installed_days or 0) > requirement.maximum_age_days:
        sentence = f"{_age(seen)} ; il en faut depuis moins de {requirement.maximum_age_days} jours."
        found.append(_because(Outcome.BLOCKED, "updates_stale", sentence))
    if seen.restart_pending:
        found.append(_because(Outcome.AT_RISK, "restart_pending", "Une mise à jour attend un redémarrage du poste."))
    untold = (requirement.automatic and seen.automatic is None) or (
        requirement.maximum_age_days is not None and seen.installed_days is None
    )
    if untold and not any(e.outcome is Outcome.BLOCKED for e in found):
        found.append(
            _because(Outcome.UNMEASURED, "updates_not_told", "Le système ne dit pas tout de ses mises à jour.")
        )
    return conclude(found or [_because(Outcome.READY, None, f"{_age(seen)}.")])


def _because(outcome: Outcome, cause: str | None, sentence: str) -> Evidence:
    return Evidence(outcome=outcome, cause=cause, sentence=sentence)


def _age(seen: Updates) -> str:
    if seen.installed_days is None:
        return "Date des dernières mises à jour inconnue"
    return f"Dernières mises à jour installées il y a {seen.installed_days} jours"


CHECK = Check(
    id="system.updates",
    title="Le système se met à jour.",
    privacy="Des nombres de jours et deux oui ou non ; ni la liste, ni le nom d'aucune mise à jour.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "updates_off": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Les mises à jour automatiques du système sont coupées.",
            action="Rétablir les mises à jour automatiques, ou les faire installer par un outil de gestion du parc.",
        ),
        "updates_stale": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Aucune mise à jour du système n'a été installée depuis longtemps.",
            action="Laisser le poste allumé et relié à Internet, puis lancer les mises à jour du système.",
        ),
        "restart_pending": Remedy(
            role=Role.SCHOOL,
            observation="Une mise à jour du système attend un redémarrage.",
            action="Redémarrer le poste à la fin de la journée.",
        ),
        "updates_not_told": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le système ne dit pas si ses mises à jour sont faites.",
            action="Vérifier les mises à jour dans les réglages du poste.",
        ),
    },
)
