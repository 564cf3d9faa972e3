"""Les logiciels dont l'école se sert déjà sont là.

Mesure : la présence et la version des seuls logiciels nommés par le profil.
Exige : chacun d'eux.
"""

import re
from dataclasses import dataclass

from checks.answers import STRICT
from checks.answers.software import Program, ProgramAsked
from checks.machine import Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Verdict, conclude


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    programs: tuple[Program, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """The programs that must be there."""

    programs: tuple[ProgramAsked, ...]

    def __post_init__(self) -> None:
        """Refuse names that are paths or patterns: a profile asks about programs, it does not search a disk."""
        for asked in self.programs:
            for name in (*asked.windows, *asked.linux, *asked.macos):
                if not re.fullmatch(r"[\w][\w .+-]{1,63}", name):
                    raise ValueError(f"{asked.program} : un nom de logiciel est attendu, pas {name!r}")


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Ask about the profile's programs and no other."""
    return Facts(programs=machine.programs(requirement.programs))


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look each program up in what the workstation answered."""
    answered = {program.program: program for program in facts.programs}
    found = [_judged(asked.program, answered.get(asked.program)) for asked in requirement.programs]
    wrong = [e for e in found if e.outcome is not Outcome.READY]
    ready = Evidence(
        outcome=Outcome.READY, cause=None, sentence=" ".join(e.sentence for e in found) or "Rien n'est exigé."
    )
    return conclude(wrong or [ready])


def _judged(name: str, program: Program | None) -> Evidence:
    if program is None:
        sentence = f"{name} : pas encore cherché sur ce poste."
        return Evidence(outcome=Outcome.UNMEASURED, cause="program_not_asked", sentence=sentence)
    if program.installed is None:
        sentence = f"{name} : le profil ne dit pas son nom sur ce système."
        return Evidence(outcome=Outcome.UNMEASURED, cause="program_without_name", sentence=sentence)
    if not program.installed:
        return Evidence(outcome=Outcome.BLOCKED, cause="program_absent", sentence=f"{name} n'est pas installé.")
    version = ".".join(map(str, program.version))
    return Evidence(
        outcome=Outcome.READY, cause=None, sentence=f"{' '.join(filter(None, (name, version)))} est installé."
    )


CHECK = Check(
    id="software.required",
    title="Les logiciels dont l'école se sert déjà sont là.",
    privacy="La présence et la version des seuls logiciels nommés par le profil ; jamais la liste des autres.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "program_absent": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Un logiciel demandé par le profil manque au poste.",
            action="Installer ce logiciel sur le poste.",
        ),
        "program_without_name": Remedy(
            role=Role.EDITOR,
            observation="Le profil ne dit pas comment ce logiciel s'appelle sur ce système.",
            action="Compléter dans le profil les noms du logiciel (windows, linux, macos).",
        ),
        "program_not_asked": Remedy(
            role=Role.SCHOOL,
            observation="Un logiciel nouveau dans le profil n'a pas encore été cherché sur le poste.",
            action="Relancer l'audit sur ce poste.",
        ),
    },
)
