"""What must each actor do in a territory, was it fixed, and may it be measured again?"""

import time
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

import checks
from checks.actors import Actor
from checks.decide import FAULT_REMEDIES, remedy_of
from checks.model import Remedy
from collector.access import Reading
from collector.exports.routes import asked_place
from collector.pages.routes import PageRoute, asked_filters, readable
from collector.people.roles import Role
from collector.plan.texts import ticket
from collector.problems import Problem
from collector.rendering import page
from collector.store import Session
from collector.store.audit import record
from collector.store.contacts import nearest
from collector.store.plan import Line, fixed, lines, touched
from collector.store.reruns import ask, last_asked
from collector.store.school_list import above
from collector.store.schools import territory_name
from collector.store.snapshots import Snapshots
from collector.store.summaries import Scope, as_of
from collector.territory import NATION, Territory

router = APIRouter(include_in_schema=False, route_class=PageRoute)

FIXED_DAYS: Final = 30
"""How far back the plan looks for what was fixed."""


@router.get("/territoires/{id_}/actions")
def actions(request: Request, reader: Reading, id_: str, actor: Annotated[str, Query(alias="acteur")] = "") -> Response:
    """Show one line per cause, under the actor who can put it right."""
    asked, filters, now = asked_place(id_), asked_filters(request), int(time.time())
    if actor and actor not in set(Actor):
        raise Problem(422, f"« {actor[:40]} » n'est pas un acteur ; acteurs connus : {', '.join(Actor)}.")
    scope = Scope.of(asked, filters)
    with request.app.state.store.reading() as session:
        reader.check(session, asked)
        name = _name(session, asked)
        found = [line for line in plans(request.app).get(session, scope) if actor in ("", line.actor.value)]
        contacts = nearest(session, [asked, *(place for place, _ in above(session, asked))])
        trail = readable(session, reader, above(session, asked))
        as_of_ = as_of(session, now)
    return page(
        request,
        "plan.html",
        asked=asked,
        heading=name,
        trail=[*trail, (asked, name)],
        as_of=as_of_,
        filters=filters,
        actor=actor,
        groups=_by_actor(found),
        contacts=contacts,
        fixed_days=FIXED_DAYS,
    )


@router.get("/territoires/{id_}/actions/{check}/{cause}")
def one_cause(
    request: Request,
    reader: Reading,
    id_: str,
    check: str,
    cause: str,
    after: Annotated[str, Query(alias="apres")] = "",
) -> Response:
    """Show the schools that a cause touches, those where it was fixed, and a text to who must act."""
    asked, filters, now, remedy = asked_place(id_), asked_filters(request), int(time.time()), _remedy(check, cause)
    scope = Scope.of(asked, filters)
    with request.app.state.store.reading() as session:
        reader.check(session, asked)
        name = _name(session, asked)
        found, following = touched(session, scope, check, cause, after=after)
        gone = fixed(session, scope, check, cause, now - FIXED_DAYS * 86_400)
        line = next(
            (li for li in plans(request.app).get(session, scope) if (li.check, li.cause) == (check, cause)), None
        )
        contacts = nearest(session, [asked, *(place for place, _ in above(session, asked))])
        rerun = last_asked(session, scope, check, cause)
        trail = readable(session, reader, above(session, asked))
        may_ask = reader.may(session, Role.PILOTE, asked)
    return page(
        request,
        "cause.html",
        asked=asked,
        heading=name,
        trail=[*trail, (asked, name)],
        filters=filters,
        check=check,
        cause=cause,
        remedy=remedy,
        line=line,
        schools=found,
        following=following,
        after=after,
        gone=gone,
        rerun=rerun,
        may_ask=may_ask,
        contacts=contacts,
        ticket=ticket(name, remedy, line, found, request.app.state.settings.address) if line and not after else None,
        fixed_days=FIXED_DAYS,
    )


@router.post("/territoires/{id_}/actions/{check}/{cause}/relancer")
def rerun(request: Request, reader: Reading, id_: str, check: str, cause: str) -> Response:
    """Ask the workstations concerned to measure again at their next contact."""
    asked, now = asked_place(id_), int(time.time())
    _remedy(check, cause)

    def keep(session: Session) -> int:
        reader.check(session, asked, Role.PILOTE)
        schools = ask(session, Scope(territory=asked), check, cause, now, reader.actor)
        record(session, now, reader.actor, "rerun_asked", str(asked), check=check, cause=cause, schools=schools)
        return schools

    request.app.state.store.write(keep)
    root = request.scope.get("root_path", "")
    return RedirectResponse(f"{root}/territoires/{asked}/actions/{check}/{cause}#relance", 303)


def plans(app: FastAPI) -> Snapshots[Scope, list[Line]]:
    """Return what this process keeps of the plans of territories."""
    held: Snapshots[Scope, list[Line]] | None = getattr(app.state, "plans", None)
    if held is None:

        def make(session: Session, scope: Scope) -> list[Line]:
            return lines(session, scope, int(time.time()) - FIXED_DAYS * 86_400)

        held = app.state.plans = Snapshots(app.state.store, make, app.state.settings.snapshot_s)
    return held


def _remedy(check: str, cause: str) -> Remedy:
    known = check in checks.BY_ID and (cause in checks.BY_ID[check].remedies or cause in FAULT_REMEDIES)
    remedy = remedy_of(check, cause) if known else None
    if remedy is None:
        raise Problem(404, "Aucun contrôle n'a cette cause.")
    return remedy


def _name(session: Session, asked: Territory) -> str:
    name = territory_name(session, asked)
    if name is None:
        raise Problem(404, f"Aucune école ouverte dans « {asked} ».")
    return "France" if asked == NATION else name


def _by_actor(found: list[Line]) -> list[tuple[Actor, list[Line]]]:
    groups: dict[Actor, list[Line]] = {}
    for line in found:
        groups.setdefault(line.actor, []).append(line)
    return list(groups.items())
