"""Un navigateur assez récent est installé.

Mesure : les navigateurs installés, leur version, où ils sont installés, lequel s'ouvre par défaut.
Exige : au moins un navigateur à la version demandée, sorti depuis moins de tant de jours si le profil le demande.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from checks.answers import STRICT
from checks.answers.browser import Browser
from checks.machine import Machine
from checks.model import Check, Outcome, Remedy, Role, Verdict, filled, verdict

_NUMBERED_AS: Final = {"chromium": "chrome", "firefox_esr": "firefox"}
_NAMES: Final = {
    "chrome": "Chrome",
    "chromium": "Chromium",
    "edge": "Edge",
    "firefox": "Firefox",
    "firefox_esr": "Firefox ESR",
    "safari": "Safari",
    "other": "un autre navigateur",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the workstation answered."""

    __pydantic_config__ = STRICT

    browsers: tuple[Browser, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """The oldest accepted version of one browser; Chromium counts as Chrome, Firefox ESR as Firefox."""

    name: Literal["chrome", "edge", "firefox", "safari"]
    major: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """One version of one browser, as its maker released it."""

    name: str  # as in Minimum
    version: tuple[int, ...]  # (157,) or, for Safari, (18, 4)
    on: date
    extended: bool  # an extended support release (ESR) on the day the table was made


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """The browsers the ENT accepts, and how old the newest of them may be."""

    accepted: tuple[Minimum, ...]
    recommended_age_days: int | None = None  # since its release; an ESR its maker maintains is never old
    known_browsers: tuple[Released, ...] = filled()
    observed_on: date | None = filled()


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask which browsers are installed."""
    return Facts(browsers=machine.browsers())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look for one accepted browser, then at the one that opens by default, then at how old they are."""
    if not facts.browsers:
        return verdict(Outcome.BLOCKED, "no_browser", "Aucun navigateur n'a été trouvé sur le poste.")
    seen = ", ".join(dict.fromkeys(_named(browser, requirement) for browser in facts.browsers))
    standing = {browser: _accepted(browser, requirement) for browser in facts.browsers}
    if True not in standing.values():
        if None in standing.values():
            sentence = f"{seen} : le profil ne dit pas s'ils conviennent."
            return verdict(Outcome.UNMEASURED, "browser_not_listed", sentence)
        return verdict(Outcome.BLOCKED, "browsers_too_old", f"{seen} : {_wanted(requirement)}.")
    default = next((browser for browser in facts.browsers if browser.default), None)
    if default is not None and standing[default] is False:
        sentence = f"Les liens s'ouvrent dans {_named(default, requirement)}, trop ancien : {_wanted(requirement)}."
        return verdict(Outcome.AT_RISK, "default_browser_too_old", sentence)
    used = [default] if default is not None else [browser for browser in facts.browsers if standing[browser]]
    if requirement.recommended_age_days is not None and all(_old(browser, requirement) for browser in used):
        sentence = f"{seen} : sorti depuis plus de {requirement.recommended_age_days} jours."
        return verdict(Outcome.AT_RISK, "browser_not_updated", sentence)
    return verdict(Outcome.READY, None, f"{seen}.")


def _accepted(browser: Browser, requirement: Requirement) -> bool | None:
    """Tell whether a browser is recent enough; None when the profile or the browser does not say."""
    name = _NUMBERED_AS.get(browser.name, browser.name)
    major = next((minimum.major for minimum in requirement.accepted if minimum.name == name), None)
    return None if major is None or not browser.version else browser.version[0] >= major


def _release(browser: Browser, requirement: Requirement) -> Released | None:
    """Find the release a browser's version belongs to; None when the table does not hold it."""
    name = _NUMBERED_AS.get(browser.name, browser.name)
    same = (row for row in requirement.known_browsers or () if row.name == name)
    held = [row for row in same if browser.version[: len(row.version)] == row.version]
    return max(held, key=lambda row: len(row.version), default=None)


def _old(browser: Browser, requirement: Requirement) -> bool:
    """Tell whether a browser was released too long ago; what the table does not hold is newer than it, or unknown."""
    released = _release(browser, requirement)
    if released is None or released.extended or requirement.observed_on is None:
        return False
    return (requirement.observed_on - released.on).days > (requirement.recommended_age_days or 0)


def _named(browser: Browser, requirement: Requirement) -> str:
    released = _release(browser, requirement)
    version = ".".join(map(str, browser.version)) or "(version inconnue)"
    return f"{_NAMES[browser.name]} {version}" + (f" (sorti le {released.on:%d/%m/%Y})" if released else "")


def _wanted(requirement: Requirement) -> str:
    return "il faut " + " ou ".join(f"{_NAMES[m.name]} {m.major}" for m in requirement.accepted)


CHECK = Check(
    id="browser.version",
    title="Un navigateur assez récent est installé.",
    privacy="Noms, versions et lieux d'installation des navigateurs ; ni historique, ni marque-page, ni extension.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "no_browser": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Aucun navigateur n'a été trouvé sur le poste.",
            action="Installer un navigateur récent sur le poste.",
        ),
        "browsers_too_old": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Tous les navigateurs du poste sont trop anciens.",
            action="Mettre à jour un navigateur du poste, ou en installer un récent.",
        ),
        "default_browser_too_old": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le navigateur qui s'ouvre par défaut est trop ancien.",
            action="Choisir par défaut un navigateur récent du poste, ou mettre à jour celui qui s'ouvre.",
        ),
        "browser_not_updated": Remedy(
            role=Role.EQUIPMENT_OWNER,
            observation="Le navigateur n'est plus mis à jour depuis longtemps.",
            action="Mettre à jour le navigateur, et vérifier que ses mises à jour automatiques passent.",
        ),
        "browser_not_listed": Remedy(
            role=Role.EDITOR,
            observation="Le profil ne dit pas si les navigateurs du poste conviennent.",
            action="Compléter dans le profil la liste des navigateurs acceptés.",
        ),
    },
    seen_from=("agent", "browser"),
)
