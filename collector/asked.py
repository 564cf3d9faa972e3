"""Which place does a request ask about? What `collector.rules` names, found in the request before it is answered."""

from collections.abc import Callable
from typing import Final

from fastapi import Request

from collector.people.reader import Reader
from collector.problems import Problem
from collector.store import Session
from collector.store.enrolling import place_of_link, school_of_code
from collector.store.enrolments import uai_of
from collector.territory import NATION, BadTerritory, Territory, parse_place, parse_territory
from collector.uai import BadUai, parse_uai

Asked = Territory | str | None
"""A territory, the UAI of a school, or None: whatever the reader's own places are."""
Find = Callable[[Request, Session, Reader], Asked]

_UNREADABLE: Final = NATION
"""What stands for a place that cannot be read: only who may see everything learns what is wrong with it."""


def school(name: str) -> Find:
    """The school whose UAI is this part of the path."""

    def find(request: Request, _session: Session, _reader: Reader) -> Asked:
        try:
            return parse_uai(request.path_params[name])
        except BadUai:
            return _UNREADABLE

    return find


def territory(name: str) -> Find:
    """The territory whose id is this part of the path."""

    def find(request: Request, _session: Session, _reader: Reader) -> Asked:
        return _territory(request.path_params[name])

    return find


def asked_territory(name: str) -> Find:
    """The territory whose id is this parameter of the query; the reader's own place when it is left out."""

    def find(request: Request, _session: Session, reader: Reader) -> Asked:
        said = request.query_params.getlist(name)
        if len(said) > 1:
            raise Problem(422, f"« {name} » est donné deux fois.", field=name)
        return _territory(said[0]) if said and said[0] else reader.place

    return find


def workstation(name: str) -> Find:
    """The school of the workstation, or of the key, whose id is this part of the path."""

    def find(request: Request, session: Session, _reader: Reader) -> Asked:
        uai = uai_of(session, request.path_params[name])
        if uai is None:
            raise Problem(404, "Aucun poste ne porte cet identifiant.")
        return uai

    return find


def code(name: str) -> Find:
    """The school of the enrolment code whose number is this part of the path."""
    return _numbered(name, school_of_code, "Aucun code ne porte ce numéro.")


def link(name: str) -> Find:
    """The place of the reading link whose number is this part of the path."""

    def find(session: Session, number: int) -> Asked:
        place = place_of_link(session, number)
        return parse_place(place) if place else None

    return _numbered(name, find, "Aucun lien ne porte ce numéro.")


def _numbered(name: str, of: Callable[[Session, int], Asked], missing: str) -> Find:
    def find(request: Request, session: Session, _reader: Reader) -> Asked:
        text = request.path_params[name]
        asked = of(session, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
        if asked is None:
            raise Problem(404, missing)
        return asked

    return find


def own() -> Find:
    """Every place of the reader: the answer holds nothing else."""
    return lambda _request, _session, _reader: None


def whole() -> Find:
    """All of it: only a role over the nation will do."""
    return lambda _request, _session, _reader: NATION


def _territory(text: str) -> Asked:
    try:
        return parse_territory(text)
    except BadTerritory:
        return _UNREADABLE
