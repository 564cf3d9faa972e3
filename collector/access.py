"""Who may read what? A bearer token opens one place; nobody reads above or beside it."""

import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from collector.problems import Problem
from collector.store import Session
from collector.store.schools import outside
from collector.store.tokens import find_token
from collector.territory import NATION, Territory, parse_territory


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may read one place."""

    place: Territory

    def check(self, session: Session, asked: Territory | str) -> None:
        """Raise `Problem` 403 unless all of a territory, or the school with this UAI, is in the place."""
        if self.place != NATION and outside(session, asked, self.place):
            raise Problem(403, f"Ce jeton ne permet de lire que « {self.place} ».")


def reader(request: Request) -> Reader:
    """Return who reads; raises `Problem` 401. The demonstration, on loopback only, reads without a token."""
    if request.app.state.open_reading:
        return Reader(NATION)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        with request.app.state.store.reading() as session:
            token = find_token(session, secret.strip(), int(time.time()))
            if token is not None:
                return Reader(parse_territory(token.place))
    raise Problem(401, "Un jeton de lecture est demandé.", headers={"WWW-Authenticate": 'Bearer realm="preau"'})


Reading = Annotated[Reader, Depends(reader)]
