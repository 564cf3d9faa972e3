"""Every route × role × place: nobody reads or acts above or beside what is theirs, and no route is without a rule."""

import re
import time
from collections.abc import Iterator, Mapping
from typing import Final

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from checks import wire
from collector.access import RulesError, require_rules, routes_of
from collector.code_cli import make_code
from collector.people.roles import Role
from collector.people.signing_in import make_link
from collector.rules import RULES, Route, Rule
from collector.settings import Settings
from collector.signing import open_keys
from collector.store.engine import Store
from collector.store.readiness import refresh_schools
from collector.store.tokens import add_token
from collector.tables import Token
from tests.collector.conftest import school
from tests.collector.workstation import Workstation

HERE, SAME_COMMUNE, SAME_ACADEMIE, ELSEWHERE = "0990019H", "0990021K", "0990024N", "0990018G"
EVERYWHERE: Final = frozenset((HERE, SAME_COMMUNE, SAME_ACADEMIE, ELSEWHERE))
PLACES: Final[Mapping[str, frozenset[str]]] = {
    "nation": EVERYWHERE,
    "academie:99": frozenset((HERE, SAME_COMMUNE, SAME_ACADEMIE)),
    "departement:099": frozenset((HERE, SAME_COMMUNE)),
    "circonscription:0990001N": frozenset((HERE, SAME_COMMUNE)),
    "epci:200000001": frozenset((HERE, SAME_COMMUNE)),
    "commune:99001": frozenset((HERE, SAME_COMMUNE)),
    "wave:1": frozenset((HERE, ELSEWHERE)),
    f"school:{HERE}": frozenset((HERE,)),
    "academie:98": frozenset((ELSEWHERE,)),
    "departement:098": frozenset((SAME_ACADEMIE,)),
    "commune:99002": frozenset((SAME_ACADEMIE,)),
    "wave:2": frozenset((SAME_COMMUNE,)),
    f"school:{ELSEWHERE}": frozenset((ELSEWHERE,)),
}
"""Places and the schools in them: above, at, and beside the school `HERE`, in both trees and across them."""
ASKED: Final = ("nation", "academie:99", "commune:99001", "wave:1", "academie:98")
WORKSTATIONS: Final = {uai: f"00000000-0000-4000-8000-{number:012}" for number, uai in enumerate(sorted(EVERYWHERE))}
ANYTHING: Final = {
    "name": "preau.css",
    "secret": "no-such-secret",
    "actor": "school",
    "kind": "csv",
    "number": "1",
    "check": "network.dns",
    "cause": "name_refused",
}
"""What fills a part of a path that names no place. A part that is nowhere here fails the test: add it."""
DENIED: Final = (401, 403)


def marker(uai: str) -> str:
    """A word that only this school's data holds."""
    return f"Zibeline{uai}"


@pytest.fixture
def world(store: Store, settings: Settings, filled: Store, app: FastAPI) -> FastAPI:
    """Four schools in every relation of place, each with a workstation measured and its own words everywhere."""
    rows = {
        HERE: ("099", "99", "99001", "0990001N", "200000001", "1"),
        SAME_COMMUNE: ("099", "99", "99001", "0990001N", "200000001", "2"),
        SAME_ACADEMIE: ("098", "99", "99002", None, None, None),
        ELSEWHERE: ("097", "98", "99003", None, None, "1"),
    }
    keys, client, now = open_keys(settings), TestClient(app), int(time.time())

    def fill(session: object) -> None:
        for uai, (departement, academie, commune, circonscription, epci, wave) in rows.items():
            row = school(uai, marker(uai), departement=departement, academie=academie)
            row.commune_code, row.circonscription_code = commune, circonscription
            row.epci_code, row.epci_name, row.wave, row.is_open = epci, epci and "EPCI", wave, True
            session.merge(row)
        session.flush()
        refresh_schools(session, rows, now)

    store.write(fill)
    for uai, id_ in WORKSTATIONS.items():
        workstation = Workstation(client)
        workstation.id = id_
        store.write(lambda session, uai=uai: make_link(session, "tests", f"school:{uai}", now, 3600))
        assert workstation.enrol(make_code(store, keys.fingerprint, uai).secret).status_code == 201
        assert workstation.send(wire.pack(workstation.report("name_refused_one_service"))).status_code == 201
    return app


def client_of(app: FastAPI, role: Role | None, place: str) -> TestClient:
    """Somebody with this role over this place; nobody when there is no role."""
    headers = {}
    if role is not None:
        secret = f"preau_{role}_{place}"
        row = Token(name="", role=role.value, place=place, secret_sha256="", created_at=0)
        app.state.store.write(lambda session: add_token(session, secret, row))
        headers["Authorization"] = f"Bearer {secret}"
    return TestClient(app, headers=headers, follow_redirects=False, raise_server_exceptions=False)


def asked_of(route: Route, rule: Rule) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Yield addresses of a route, and the schools each asks about; None when it asks about the reader's own."""
    _, path = route
    parts = re.findall(r"{(\w+)(?::\w+)?}", path)
    where = rule.place.__qualname__.split(".")[0] if rule.place else ""
    match where:
        case "school":
            for uai in (HERE, ELSEWHERE, SAME_COMMUNE):
                yield filled_in(path, parts, uai=uai), frozenset((uai,))
        case "workstation":
            for uai in (HERE, ELSEWHERE):
                yield filled_in(path, parts, id=WORKSTATIONS[uai], id_=WORKSTATIONS[uai]), frozenset((uai,))
        case "_numbered":
            for number, uai in enumerate(WORKSTATIONS, start=1):
                yield filled_in(path, parts, number=str(number)), frozenset((uai,))
        case "territory":
            for place in ASKED:
                yield filled_in(path, parts, id_=place, territory=place), PLACES[place]
        case "asked_territory":
            yield filled_in(path, parts), None
            for place in ASKED:
                for name in ("territory", "territoire"):
                    if f"'{name}'" in repr([cell.cell_contents for cell in rule.place.__closure__ or ()]):
                        yield f"{filled_in(path, parts)}?{name}={place}", PLACES[place]
        case "whole":
            yield filled_in(path, parts), EVERYWHERE
        case _:
            yield filled_in(path, parts), None


def filled_in(path: str, parts: list[str], **places: str) -> str:
    for part in parts:
        value = places.get(part, ANYTHING.get(part))
        assert value is not None, f"tell `ANYTHING` what stands for {{{part}}} of {path}"
        path = re.sub(rf"{{{part}(:\w+)?}}", value, path)
    return path


def is_denied(answer: httpx.Response) -> bool:
    led_away = answer.status_code == 303 and "/connexion?suite=" in answer.headers["location"]
    return answer.status_code in DENIED or led_away


@pytest.mark.parametrize("role", [None, *Role])
def test_every_route_by_every_role_at_every_place(role: Role | None, world: FastAPI) -> None:
    wrong: list[str] = []
    asked = 0
    for place in PLACES if role else ("nation",):
        client = client_of(world, role, place)
        for route, rule in RULES.items():
            if rule.role is None:
                continue
            for address, schools in asked_of(route, rule):
                answer = client.request(route[0], address)
                allowed = role is not None and role.includes(rule.role)
                allowed = allowed and (schools is None or schools <= PLACES[place])
                asked += 1
                if answer.status_code >= 500 or is_denied(answer) == allowed:
                    wrong.append(f"{role} at {place}: {route[0]} {address} gave {answer.status_code}")
                wrong += leaks(answer, PLACES[place] if role else frozenset(), f"{role} at {place}: {address}")
    assert wrong == []
    assert asked > len(RULES) / 3


def leaks(answer: httpx.Response, mine: frozenset[str], who: str) -> list[str]:
    """Words of schools that are not this reader's, in what came back."""
    said = answer.content
    return [
        f"{who} showed {word}"
        for uai in EVERYWHERE - mine
        for word in (marker(uai), WORKSTATIONS[uai])
        if word.encode() in said
    ]


@pytest.mark.parametrize("place", PLACES)
def test_what_is_read_without_naming_a_place_is_the_readers_own(place: str, world: FastAPI) -> None:
    client = client_of(world, Role.EXPLOITANT, place)
    answer = client.get("/api/v1/readiness")
    assert answer.json()["schools"]["total"] == len(PLACES[place])


def test_open_routes_are_the_few_that_must_be(app: FastAPI) -> None:
    for (method, path), rule in RULES.items():
        if rule.role is None:
            assert len(rule.why) > 10, f"{method} {path}: say why it is open"
    for route, is_guarded in routes_of(app):
        assert is_guarded or RULES[route].role is None


def everything() -> str:
    return "everything"


def test_the_app_does_not_start_with_a_route_that_has_no_rule(app: FastAPI) -> None:
    app.add_api_route("/api/v1/everything", everything)
    with pytest.raises(RulesError, match="GET /api/v1/everything has no rule"):
        require_rules(app)
    assert TestClient(app).get("/api/v1/everything").status_code == 403, "and were it started, it would not answer"


def test_nor_with_a_route_that_nothing_guards(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    from starlette.responses import Response
    from starlette.routing import Mount
    from starlette.routing import Route as BareRoute

    bare = BareRoute("/ecoles/{uai}/brut", lambda _request: Response(), methods=["GET"])
    app.router.routes.append(bare)
    monkeypatch.setitem(RULES, ("GET", "/ecoles/{uai}/brut"), RULES["GET", "/ecoles/{uai}"])  # type: ignore[arg-type]
    with pytest.raises(RulesError, match="is not guarded"):
        require_rules(app)
    app.router.routes.remove(bare)
    app.router.routes.append(Mount("/files", routes=[]))
    with pytest.raises(RulesError):
        require_rules(app)


def test_nor_with_a_rule_for_no_route(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, ("GET", "/gone"), Rule.open("a route that was taken away"))  # type: ignore[arg-type]
    with pytest.raises(RulesError, match="GET /gone has no route"):
        require_rules(app)
