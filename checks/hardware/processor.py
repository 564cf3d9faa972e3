"""Le processeur du poste est assez puissant.

Mesure : le genre du processeur, le nombre de ses cœurs et sa fréquence.
Exige : tant de cœurs, tant de mégahertz, et 64 bits si le profil le demande.
"""

from dataclasses import dataclass

from checks.answers import STRICT
from checks.answers.hardware import Processor
from checks.machine import Machine
from checks.model import Check, Outcome, Remedy, Role, Verdict, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    processor: Processor


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What the processor must be; a key left out asks for nothing."""

    bits_64: bool = False
    minimum_cores_count: int | None = None
    minimum_mhz: int | None = None
    recommended_cores_count: int | None = None
    recommended_mhz: int | None = None


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask which processor there is."""
    return Facts(processor=machine.processor())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Compare what the processor can with what is required."""
    seen = facts.processor
    cores = seen.cores_count if seen.cores_count is not None else seen.threads_count
    speed = f"{seen.maximum_mhz} MHz" if seen.maximum_mhz is not None else "fréquence inconnue"
    said = f"{cores} cœurs, {speed}"
    if requirement.bits_64 and seen.bits == 32:
        return verdict(Outcome.BLOCKED, "processor_32_bits", f"{said} : processeur de 32 bits, il en faut 64.")
    if _below(cores, requirement.minimum_cores_count) or _below(seen.maximum_mhz, requirement.minimum_mhz):
        sentence = f"{said} ; il faut {_wanted(requirement.minimum_cores_count, requirement.minimum_mhz)}."
        return verdict(Outcome.BLOCKED, "processor_below_minimum", sentence)
    unsaid = (requirement.bits_64 and seen.bits is None) or (
        requirement.minimum_mhz is not None and seen.maximum_mhz is None
    )
    if unsaid:
        return verdict(Outcome.UNMEASURED, "processor_not_told", f"{said} : le système n'en dit pas assez.")
    if _below(cores, requirement.recommended_cores_count) or _below(seen.maximum_mhz, requirement.recommended_mhz):
        wanted = _wanted(requirement.recommended_cores_count, requirement.recommended_mhz)
        return verdict(Outcome.AT_RISK, "processor_below_recommended", f"{said} ; {wanted} sont recommandés.")
    return verdict(Outcome.READY, None, f"{said}.")


def _below(seen: int | None, wanted: int | None) -> bool:
    return seen is not None and wanted is not None and seen < wanted


def _wanted(cores_count: int | None, mhz: int | None) -> str:
    words = (f"{cores_count} cœurs" if cores_count is not None else "", f"{mhz} MHz" if mhz is not None else "")
    return " et ".join(filter(None, words))


CHECK = Check(
    id="hardware.processor",
    title="Le processeur du poste est assez puissant.",
    privacy="Les numéros de famille et de modèle du processeur, ses cœurs, sa fréquence ; jamais son numéro de série.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "processor_below_minimum": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le processeur du poste est trop faible.",
            action="Remplacer le poste.",
        ),
        "processor_32_bits": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le processeur du poste ne sait faire que du 32 bits.",
            action="Remplacer le poste : les navigateurs récents ne s'y installent plus.",
        ),
        "processor_below_recommended": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le processeur du poste est plus faible que recommandé.",
            action="Prévoir de remplacer le poste.",
        ),
        "processor_not_told": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le système ne dit pas assez du processeur.",
            action="Relever le modèle du processeur dans les réglages du poste.",
        ),
    },
)
