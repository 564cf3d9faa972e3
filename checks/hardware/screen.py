"""L'écran du poste est assez grand.

Mesure : la définition de chaque écran allumé et l'agrandissement que le système y applique.
Exige : tant de points en largeur et en hauteur sur l'écran principal, agrandissement compris.
"""

from dataclasses import dataclass

from checks.answers import STRICT
from checks.answers.hardware import Screen
from checks.machine import Machine
from checks.model import Check, Outcome, Remedy, Role, Verdict, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    screens: tuple[Screen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Room on the main screen, in points as a page sees them; a key left out asks for nothing."""

    minimum_width_px: int | None = None
    minimum_height_px: int | None = None
    recommended_width_px: int | None = None
    recommended_height_px: int | None = None


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask how large screens are."""
    return Facts(screens=machine.screens())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Compare the main screen, as a page sees it, with what is required."""
    screen = max(facts.screens, key=lambda s: (s.main, s.width_px * s.height_px), default=None)
    if screen is None:
        return verdict(Outcome.UNMEASURED, "no_screen_seen", "Aucun écran allumé n'a été vu pendant l'audit.")
    scale = max(screen.scale_percent or 100, 1)
    # 1366 x 768 at 125 % leaves 1092 x 614 to a page.
    width, height = screen.width_px * 100 // scale, screen.height_px * 100 // scale
    said = f"{screen.width_px} × {screen.height_px} points"
    said += f", agrandis à {scale} % : {width} × {height} pour une page" if scale != 100 else ""
    least = (requirement.minimum_width_px or 0, requirement.minimum_height_px or 0)
    if screen.width_px < least[0] or screen.height_px < least[1]:
        return verdict(Outcome.BLOCKED, "screen_too_small", f"{said} ; il en faut {least[0]} × {least[1]}.")
    if width < least[0] or height < least[1]:
        return verdict(Outcome.BLOCKED, "screen_magnified", f"{said} ; il en faut {least[0]} × {least[1]}.")
    better = (requirement.recommended_width_px or 0, requirement.recommended_height_px or 0)
    if width < better[0] or height < better[1]:
        sentence = f"{said} ; {better[0]} × {better[1]} sont recommandés."
        return verdict(Outcome.AT_RISK, "screen_below_recommended", sentence)
    return verdict(Outcome.READY, None, f"{said}.")


CHECK = Check(
    id="hardware.screen",
    title="L'écran du poste est assez grand.",
    privacy="Des nombres de points ; jamais ce qui est à l'écran, ni la marque ou le numéro de l'écran.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "screen_too_small": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="L'écran du poste est trop petit.",
            action="Choisir la plus grande définition dans les réglages de l'écran ; sinon, changer l'écran.",
        ),
        "screen_magnified": Remedy(
            role=Role.SCHOOL,
            observation="L'agrandissement de l'affichage ne laisse pas assez de place aux pages.",
            action="Réduire l'agrandissement dans les réglages d'affichage, s'il n'aide pas un élève à lire.",
        ),
        "screen_below_recommended": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="L'écran du poste est plus petit que recommandé.",
            action="Prévoir un écran plus grand.",
        ),
        "no_screen_seen": Remedy(
            role=Role.SCHOOL,
            observation="Aucun écran allumé n'a été vu.",
            action="Relancer l'audit avec l'écran allumé, dans une session ouverte.",
        ),
    },
    seen_from=("agent", "browser"),
)
