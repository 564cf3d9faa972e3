"""Le poste a une caméra.

Mesure : le nombre de caméras que le système connaît, et s'il permet de s'en servir ; aucune image n'est prise.
Exige : une caméra dont les programmes de la session peuvent se servir.
"""

from dataclasses import dataclass

from checks.answers import STRICT
from checks.answers.hardware import Cameras
from checks.machine import Machine
from checks.model import Check, Outcome, Remedy, Role, Verdict, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    cameras: Cameras


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Nothing to set: a profile requires a camera or it does not."""


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask whether there is a camera."""
    return Facts(cameras=machine.cameras())


def judge(facts: Facts, requirement: Requirement) -> Verdict:  # noqa: ARG001 - every judge has this shape
    """Look for a camera, then at whether it may be used."""
    count = facts.cameras.cameras_count
    if count < 1:
        return verdict(Outcome.BLOCKED, "no_camera", "Le système ne connaît aucune caméra.")
    if facts.cameras.allowed is False:
        sentence = "Une caméra est là ; les réglages de confidentialité interdisent de s'en servir."
        return verdict(Outcome.BLOCKED, "camera_forbidden", sentence)
    return verdict(Outcome.READY, None, f"Caméras : {count}.")


CHECK = Check(
    id="hardware.camera",
    title="Le poste a une caméra.",
    privacy="Un nombre et un oui ou non ; aucune image n'est prise, la caméra n'est jamais ouverte.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "no_camera": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste n'a pas de caméra.",
            action="Brancher une caméra, si la classe doit faire de la visioconférence.",
        ),
        "camera_forbidden": Remedy(
            role=Role.SCHOOL,
            observation="Le système interdit aux programmes de se servir de la caméra.",
            action="Autoriser la caméra dans les réglages de confidentialité du poste.",
        ),
    },
)
