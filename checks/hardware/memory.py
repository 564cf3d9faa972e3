"""Le poste a assez de mémoire vive.

Mesure : la mémoire totale et la mémoire disponible, telles que le système les compte.
Exige : une mémoire installée d'au moins tant d'octets.
"""

from dataclasses import dataclass

from checks.answers import STRICT
from checks.answers.hardware import Memory
from checks.machine import Machine
from checks.model import Check, Outcome, Remedy, Role, Verdict, size, verdict

_GIB = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    memory: Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Memory fitted in the workstation, in bytes; None asks for nothing."""

    minimum_bytes: int | None = None
    recommended_bytes: int | None = None


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask how much memory there is."""
    return Facts(memory=machine.memory())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Compare the memory fitted with what is required."""
    # Firmware and graphics keep a part of the last module: memory is sold by the whole GiB, so count it that way.
    fitted = -(-facts.memory.total_bytes // _GIB) * _GIB
    seen = f"{size(facts.memory.total_bytes)} de mémoire visible"
    if fitted < (requirement.minimum_bytes or 0):
        sentence = f"{seen} ; il en faut {size(requirement.minimum_bytes or 0)}."
        return verdict(Outcome.BLOCKED, "memory_below_minimum", sentence)
    if fitted < (requirement.recommended_bytes or 0):
        sentence = f"{seen} ; {size(requirement.recommended_bytes or 0)} sont recommandés."
        return verdict(Outcome.AT_RISK, "memory_below_recommended", sentence)
    return verdict(Outcome.READY, None, f"{seen}.")


CHECK = Check(
    id="hardware.memory",
    title="Le poste a assez de mémoire vive.",
    privacy="Deux nombres d'octets ; aucun programme ni fichier n'est regardé.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "memory_below_minimum": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste a trop peu de mémoire vive.",
            action="Ajouter de la mémoire au poste, ou le remplacer.",
        ),
        "memory_below_recommended": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste a moins de mémoire vive que recommandé.",
            action="Prévoir d'ajouter de la mémoire au poste.",
        ),
    },
)
