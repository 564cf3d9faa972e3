"""Le poste est protégé.

Mesure : ce que le système dit de son antivirus et de son pare-feu.
Exige : un antivirus en marche et à jour, là où le système en attend un, et un pare-feu en marche.
"""

from dataclasses import dataclass
from typing import Final

from checks.answers import STRICT
from checks.answers.system import Protection
from checks.machine import Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Verdict, conclude

_ANTIVIRUS: Final = {
    "off": ("antivirus_off", "L'antivirus est arrêté."),
    "outdated": ("antivirus_outdated", "L'antivirus n'est pas à jour."),
    "absent": ("antivirus_absent", "Le système ne connaît aucun antivirus."),
}
_WORDS: Final = {"on": "antivirus en marche", "not_expected": "système sans antivirus", None: "antivirus inconnu"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    protection: Protection


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What must be on."""

    antivirus: bool = True
    firewall: bool = True


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask what the system says of its protection."""
    return Facts(protection=machine.protection())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at the antivirus and at the firewall, each on its own."""
    antivirus, firewall = facts.protection.antivirus, facts.protection.firewall
    found = []
    if requirement.antivirus and antivirus in _ANTIVIRUS:
        cause, sentence = _ANTIVIRUS[antivirus]
        found.append(Evidence(outcome=Outcome.BLOCKED, cause=cause, sentence=sentence))
    if requirement.firewall and firewall == "off":
        found.append(Evidence(outcome=Outcome.BLOCKED, cause="firewall_off", sentence="Le pare-feu est arrêté."))
    if not found and ((requirement.antivirus and antivirus is None) or (requirement.firewall and firewall is None)):
        sentence = "Le système ne dit pas tout de sa protection."
        found.append(Evidence(outcome=Outcome.UNMEASURED, cause="protection_not_told", sentence=sentence))
    wall = "pare-feu " + {"on": "en marche", "off": "arrêté", None: "inconnu"}[firewall]
    sentence = f"{_WORDS.get(antivirus, 'antivirus non exigé')}, {wall}."
    return conclude(found or [Evidence(outcome=Outcome.READY, cause=None, sentence=sentence.capitalize())])


CHECK = Check(
    id="system.protection",
    title="Le poste est protégé.",
    privacy="Un mot sur l'antivirus et un sur le pare-feu ; jamais le nom du produit, ni ce qu'il a trouvé.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "antivirus_absent": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le système ne connaît aucun antivirus.",
            action="Activer l'antivirus du système, ou en installer un.",
        ),
        "antivirus_off": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="L'antivirus du poste est arrêté.",
            action="Remettre l'antivirus en marche ; s'il est périmé, le retirer et activer celui du système.",
        ),
        "antivirus_outdated": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="L'antivirus du poste n'est pas à jour.",
            action="Mettre l'antivirus à jour, et vérifier que le filtrage laisse passer ses mises à jour.",
        ),
        "firewall_off": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le pare-feu du poste est arrêté.",
            action="Remettre en marche le pare-feu du système.",
        ),
        "protection_not_told": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le système ne dit pas s'il est protégé.",
            action="Vérifier l'antivirus et le pare-feu dans les réglages du poste.",
        ),
    },
)
