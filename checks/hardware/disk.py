"""Le disque du système a assez de place.

Mesure : la taille et la place libre du volume où est le système.
Exige : tant d'octets libres.
"""

from dataclasses import dataclass

from checks.answers import STRICT
from checks.answers.hardware import Disk
from checks.machine import Machine
from checks.model import Check, Outcome, Remedy, Role, Verdict, size, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    disk: Disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Free room on the system's volume, in bytes; None asks for nothing."""

    minimum_free_bytes: int | None = None
    recommended_free_bytes: int | None = None


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask how much room there is."""
    return Facts(disk=machine.disk())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Compare the free room with what is required."""
    seen = f"{size(facts.disk.free_bytes)} libres sur {size(facts.disk.total_bytes)}"
    if facts.disk.free_bytes < (requirement.minimum_free_bytes or 0):
        sentence = f"{seen} ; il en faut {size(requirement.minimum_free_bytes or 0)}."
        return verdict(Outcome.BLOCKED, "disk_almost_full", sentence)
    if facts.disk.free_bytes < (requirement.recommended_free_bytes or 0):
        sentence = f"{seen} ; {size(requirement.recommended_free_bytes or 0)} sont recommandés."
        return verdict(Outcome.AT_RISK, "disk_below_recommended", sentence)
    return verdict(Outcome.READY, None, f"{seen}.")


CHECK = Check(
    id="hardware.disk",
    title="Le disque du système a assez de place.",
    privacy="Deux nombres d'octets ; aucun nom de fichier ni de dossier n'est lu.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "disk_almost_full": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le disque du système est presque plein.",
            action="Libérer de la place sur le disque du système, ou le remplacer.",
        ),
        "disk_below_recommended": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le disque du système a moins de place libre que recommandé.",
            action="Prévoir de libérer de la place sur le disque du système.",
        ),
    },
)
