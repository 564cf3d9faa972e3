"""Le navigateur affiche ce que les services envoient.

Mesure : une image de chaque service, demandée par la page d'essai, s'affiche-t-elle ?
Exige : que chaque service dont le profil nomme une image l'affiche.
"""

from dataclasses import dataclass
from urllib.parse import urljoin

from checks.answers import STRICT
from checks.answers.browser import Image, ImageAsked
from checks.machine import Machine
from checks.model import Check, Evidence, Outcome, Remedy, Role, Service, Verdict, conclude, duration, filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the browser showed."""

    __pydantic_config__ = STRICT

    images: tuple[Image, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """The services to show."""

    services: tuple[Service, ...] = filled()


def asked(services: tuple[Service, ...]) -> tuple[ImageAsked, ...]:
    """Return the images to ask for: one per service that has one."""
    return tuple(ImageAsked(service=s.name, url=urljoin(s.url, s.image_path)) for s in services if s.image_path)


def probe(machine: Machine, requirement: Requirement) -> Facts:
    """Ask for the image of each service."""
    return Facts(images=machine.page_images(asked(requirement.services)))


def judge(facts: Facts, requirement: Requirement) -> Verdict:
    """Look at each service's image: a page put in its place by a filter is no image."""
    seen = {image.service: image for image in facts.images}
    return conclude(_one(service, seen.get(service.name)) for service in requirement.services if service.image_path)


def _one(service: Service, image: Image | None) -> Evidence:
    if image is None:
        sentence = f"{service.title} : son image n'a pas été demandée."
        return Evidence(subject=service.name, outcome=Outcome.UNMEASURED, cause="image_not_asked", sentence=sentence)
    if image.shown:
        sentence = f"{service.title} : son image s'affiche en {duration(image.took_ms)}."
        return Evidence(subject=service.name, outcome=Outcome.READY, sentence=sentence)
    sentence = f"{service.title} : son image ne s'affiche pas dans ce navigateur."
    return Evidence(subject=service.name, outcome=Outcome.BLOCKED, cause="image_not_shown", sentence=sentence)


CHECK = Check(
    id="browser.services",
    title="Le navigateur affiche ce que les services envoient.",
    privacy="Pour chaque service du profil : son image s'affiche ou non, et en combien de temps.",
    facts=Facts,
    requirement=Requirement,
    probe=probe,
    judge=judge,
    remedies={
        "image_not_shown": Remedy(
            role=Role.SCHOOL,
            observation="Un service de l'ENT ne s'affiche pas dans ce navigateur.",
            # A page cannot tell a refused name from a filter or an unknown certificate: the agent can.
            action="Ouvrir le service dans ce navigateur ; s'il ne vient pas, auditer un poste de l'école avec "
            "l'agent de Préau, qui dira pourquoi et qui doit agir.",
        ),
        "image_not_asked": Remedy(
            role=Role.SCHOOL,
            observation="La page d'essai n'a pas pu demander l'image d'un service.",
            action="Refaire l'essai dans ce navigateur, et attendre la fin.",
        ),
    },
    seen_from=("browser",),
)
