"""Le poste peut faire entendre et enregistrer un son.

Mesure : le nombre de sorties et d'entrées de son que le système connaît ; aucun son n'est émis ni écouté.
Exige : une sortie, une entrée, selon le profil.
"""

from dataclasses import dataclass

from checks.answers import STRICT
from checks.answers.hardware import Sound
from checks.machine import Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Verdict, conclude


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    sound: Sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Ways for sound that must be there."""

    output: bool = True
    input: bool = False


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask how sound can come out and in."""
    return Facts(sound=machine.sound())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Count ways out and in, each on its own."""
    seen, found = facts.sound, []
    if requirement.output and seen.outputs_count < 1:
        if (seen.screen_outputs_count or 0) > 0:
            sentence = "Le son ne peut sortir que par l'écran."
            found.append(Evidence(outcome=Outcome.AT_RISK, cause="sound_only_by_screen", sentence=sentence))
        else:
            sentence = "Le système ne connaît aucune sortie de son."
            found.append(Evidence(outcome=Outcome.BLOCKED, cause="no_sound_output", sentence=sentence))
    if requirement.input and seen.inputs_count < 1:
        sentence = "Le système ne connaît aucun microphone."
        found.append(Evidence(outcome=Outcome.BLOCKED, cause="no_microphone", sentence=sentence))
    outputs = seen.outputs_count + (seen.screen_outputs_count or 0)
    sentence = f"Sorties de son : {outputs} ; entrées : {seen.inputs_count}."
    return conclude(found or [Evidence(outcome=Outcome.READY, cause=None, sentence=sentence)])


CHECK = Check(
    id="hardware.sound",
    title="Le poste peut faire entendre et enregistrer un son.",
    privacy="Des nombres d'entrées et de sorties ; aucun son n'est émis, écouté ni enregistré.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "no_sound_output": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste n'a aucune sortie de son.",
            action="Brancher un casque ou des haut-parleurs ; sinon, réinstaller le pilote de la carte son.",
        ),
        "sound_only_by_screen": Remedy(
            role=Role.SCHOOL,
            observation="Le son du poste ne peut sortir que par l'écran.",
            action="Vérifier que l'écran a des haut-parleurs, ou brancher un casque.",
        ),
        "no_microphone": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le poste n'a pas de microphone.",
            action="Brancher un micro-casque.",
        ),
    },
)
