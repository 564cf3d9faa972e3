"""Whom to write to in a territory? Shown to who reads it, changed by who leads there."""

import time
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from collector.access import Reading
from collector.exports.routes import asked_place
from collector.pages.routes import PageRoute, readable, sentence
from collector.people.reader import Reader
from collector.people.roles import Role
from collector.plan.contact import ACTOR_CHOICES, BadContact, contact
from collector.problems import Problem
from collector.rendering import page
from collector.store import Session
from collector.store.audit import record
from collector.store.contacts import add_contact, contacts_of, remove_contact
from collector.store.school_list import above
from collector.store.schools import territory_name
from collector.territory import Territory

router = APIRouter(include_in_schema=False, route_class=PageRoute)
Text = Annotated[str, Form()]


@router.get("/territoires/{id_}/contacts")
def contacts(request: Request, reader: Reading, id_: str) -> Response:
    """Show the contacts of a territory."""
    return _page(request, reader, asked_place(id_))


@router.post("/territoires/{id_}/contacts")
def add(
    request: Request,
    reader: Reading,
    id_: str,
    actor: Text = "",
    name: Annotated[str, Form(alias="nom")] = "",
    email: Annotated[str, Form(alias="courriel")] = "",
    phone: Annotated[str, Form(alias="telephone")] = "",
) -> Response:
    """Keep a contact; what cannot be one is shown again with what is wrong."""
    asked, now = asked_place(id_), int(time.time())
    try:
        kept = contact(asked, actor=actor, name=name, email=email, phone=phone, now=now)
    except BadContact as error:
        typed = {"actor": actor, "nom": name, "courriel": email, "telephone": phone}
        return _page(request, reader, asked, status=422, problem=sentence(error), typed=typed)

    def keep(session: Session) -> None:
        reader.check(session, asked, Role.PILOTE)
        add_contact(session, kept)
        record(session, now, reader.actor, "contact_kept", str(asked), of=actor)

    request.app.state.store.write(keep)
    return _back(request, asked)


@router.post("/territoires/{id_}/contacts/{number}/retirer")
def remove(request: Request, reader: Reading, id_: str, number: int) -> Response:
    """Take a contact away."""
    asked, now = asked_place(id_), int(time.time())

    def take(session: Session) -> None:
        reader.check(session, asked, Role.PILOTE)
        if not remove_contact(session, number, asked):
            raise Problem(404, "Ce contact n'est pas, ou plus, de ce territoire.")
        record(session, now, reader.actor, "contact_removed", str(asked))

    request.app.state.store.write(take)
    return _back(request, asked)


def _page(
    request: Request,
    reader: Reader,
    asked: Territory,
    *,
    status: int = 200,
    problem: str = "",
    typed: dict[str, str] | None = None,
) -> Response:
    with request.app.state.store.reading() as session:
        reader.check(session, asked)
        name = territory_name(session, asked)
        if name is None:
            raise Problem(404, f"Aucune école ouverte dans « {asked} ».")
        held = contacts_of(session, asked)
        trail = readable(session, reader, above(session, asked))
        may_change = reader.may(session, Role.PILOTE, asked)
    return page(
        request,
        "contacts.html",
        status=status,
        asked=asked,
        heading=name,
        trail=[*trail, (asked, name)],
        contacts=held,
        may_change=may_change,
        choices=ACTOR_CHOICES,
        problem=problem,
        typed=typed or {},
    )


def _back(request: Request, asked: Territory) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/territoires/{asked}/contacts", 303)
