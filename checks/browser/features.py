"""Le navigateur sait faire ce que l'ENT demande.

Mesure : ce que la page d'essai a pu faire : JavaScript, cookies, stockage, WebSocket, fenêtres, sons et vidéos.
Exige : chaque chose nommée par le profil.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from checks.answers import STRICT
from checks.answers.browser import Feature, PageFeatures
from checks.machine import Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Verdict, conclude


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the page tried."""

    __pydantic_config__ = STRICT

    features: PageFeatures


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What the ENT needs of a browser."""

    needed: tuple[Feature, ...]


def probe(machine: Machine, requirement: Requirement) -> Facts:  # noqa: ARG001 - every probe has this shape
    """Ask what the page tried."""
    return Facts(features=machine.page_features())


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look for each thing needed; without JavaScript nothing else could be tried, so nothing else is said."""
    if "javascript" in requirement.needed and "javascript" in facts.features.absent:
        return conclude([_missing("javascript")])
    return conclude([_one(facts.features, feature) for feature in requirement.needed])


def _one(features: PageFeatures, feature: Feature) -> Evidence:
    if feature in features.absent:
        return _missing(feature)
    if feature in features.present:
        return Evidence(outcome=Outcome.READY, sentence=f"{_NAMES[feature]} : oui.")
    return Evidence(
        outcome=Outcome.UNMEASURED,
        cause="feature_not_tried",
        sentence=f"{_NAMES[feature]} : la page n'a pas pu l'essayer.",
    )


def _missing(feature: Feature) -> Evidence:
    cause, remedy = _ABSENT[feature]
    return Evidence(outcome=Outcome.BLOCKED, cause=cause, sentence=remedy.observation)


_NAMES: Final[Mapping[Feature, str]] = {
    "javascript": "JavaScript",
    "modern_javascript": "JavaScript récent",
    "cookies": "Cookies",
    "third_party_cookies": "Cookies d'un autre site",
    "storage": "Stockage par les pages",
    "websocket": "WebSocket",
    "popups": "Fenêtres ouvertes par un clic",
    "video_h264": "Vidéo H.264",
    "video_vp9": "Vidéo VP9",
    "audio_mp3": "Son MP3",
    "audio_aac": "Son AAC",
    "audio_opus": "Son Opus",
}
_MEDIA: Final = "Utiliser un navigateur récent, avec les codecs du système, ou les faire installer."
_MODERN: Final = "Mettre à jour le navigateur, ou en installer un récent."
_SETTING: Final = "Régler le navigateur, ou la stratégie du poste, pour que l'ENT y ait droit."


def _owner(observation: str, action: str) -> Remedy:
    return Remedy(role=Role.EQUIPMENT_OWNER, observation=observation, action=action)


_ABSENT: Final[Mapping[Feature, tuple[str, Remedy]]] = {
    "javascript": ("javascript_off", _owner("JavaScript est désactivé dans ce navigateur.", _SETTING)),
    "modern_javascript": ("javascript_too_old", _owner("Ce navigateur est trop ancien.", _MODERN)),
    "cookies": ("cookies_refused", _owner("Le navigateur refuse les cookies.", _SETTING)),
    "third_party_cookies": (
        "third_party_cookies_refused",
        _owner("Le navigateur refuse les cookies d'un autre site.", _SETTING),
    ),
    "storage": ("storage_refused", _owner("Le navigateur ne garde rien pour les pages.", _SETTING)),
    "websocket": (
        "websocket_failed",
        Remedy(
            role=Role.FILTER_OPERATOR,
            observation="Les échanges WebSocket ne passent pas.",
            action="Laisser passer les échanges WebSocket dans le filtrage de l'école.",
        ),
    ),
    "popups": ("popups_blocked", _owner("Le navigateur n'ouvre pas de fenêtre, même à la demande.", _SETTING)),
    "video_h264": ("video_h264_unplayable", _owner("Le navigateur ne lit pas les vidéos H.264.", _MEDIA)),
    "video_vp9": ("video_vp9_unplayable", _owner("Le navigateur ne lit pas les vidéos VP9.", _MEDIA)),
    "audio_mp3": ("audio_mp3_unplayable", _owner("Le navigateur ne lit pas les sons MP3.", _MEDIA)),
    "audio_aac": ("audio_aac_unplayable", _owner("Le navigateur ne lit pas les sons AAC.", _MEDIA)),
    "audio_opus": ("audio_opus_unplayable", _owner("Le navigateur ne lit pas les sons Opus.", _MEDIA)),
}

CHECK = Check(
    id="browser.features",
    title="Le navigateur sait faire ce que l'ENT demande.",
    privacy="Ce que la page d'essai a pu faire, d'une liste fermée ; ni historique, ni extension, ni empreinte.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        **dict(_ABSENT.values()),
        "feature_not_tried": Remedy(
            role=Role.SCHOOL,
            observation="La page d'essai n'a pas pu tout essayer.",
            action="Refaire l'essai dans ce navigateur, et attendre la fin.",
        ),
    },
    seen_from=("browser",),
)
