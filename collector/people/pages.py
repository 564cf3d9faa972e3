"""Where do people sign in, accept an invitation, follow a link, and leave?"""

import re
import time
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from collector.access import Reading
from collector.pages.routes import page_router
from collector.people import forms, oidc, signing_in
from collector.people.passwords import SHORTEST, WeakPassword
from collector.people.signing_in import LOGIN_SHAPE, Opened
from collector.people.tables import Account
from collector.problems import Problem
from collector.rendering import page
from collector.settings import Oidc
from collector.store import Session, people
from collector.store.audit import record

router = page_router()

Text = Annotated[str, Form(max_length=400)]
NOT_HERE = (
    "Les comptes demandent HTTPS : donner au collecteur son adresse https://… (PREAU_PUBLIC_URL), derrière un serveur "
    "qui la porte."
)


@router.get("/connexion")
def sign_in_page(request: Request, after: Annotated[str, Query(alias="suite")] = "/") -> Response:
    """Show where to sign in."""
    return _sign_in(request, local_path(after))


@router.post("/connexion")
def sign_in(request: Request, login: Text = "", password: Text = "", suite: Text = "/") -> Response:
    """Sign somebody in, and lead on to the page that was asked for."""
    state = request.app.state
    _require_safe(request)
    try:
        opened = signing_in.sign_in(state.store, state.keys, login, password, address_of(request))
    except Problem as problem:
        if problem.status not in (401, 429):
            raise
        answer = _sign_in(request, local_path(suite), login=login, problem=problem.detail, status=problem.status)
        answer.headers.update(problem.headers)
        return answer
    return enter(request, opened, local_path(suite))


@router.get("/connexion/ailleurs")
def sign_in_elsewhere(
    request: Request, after: Annotated[str, Query(alias="suite")] = "/", invitation: str = ""
) -> Response:
    """Send somebody to sign in with the OIDC issuer."""
    secret, _ = forms.open_form(request)
    sent = oidc.send(request.app.state.store, _issuer(request), _back(request), secret, local_path(after), invitation)
    answer = RedirectResponse(sent.address, 303)
    forms.keep_form(request, answer, secret)
    return answer


@router.get("/connexion/retour")
def come_back(request: Request) -> Response:
    """Take somebody back from the OIDC issuer."""
    secret, said = forms.form_secret(request), dict(request.query_params)
    opened = oidc.come_back(request.app.state.store, _issuer(request), _back(request), secret, said)
    return enter(request, opened, opened.leads_to)


@router.post("/deconnexion")
def sign_out(request: Request, reader: Reading) -> Response:
    """End this browser's session."""
    secret, now = forms.session_secret(request), int(time.time())

    def end(session: Session) -> None:
        people.end_session(session, secret)
        record(session, now, reader.actor, "signed_out")

    request.app.state.store.write(end)
    answer = _redirect(request, "/connexion")
    forms.forget_session(request, answer)
    return answer


@router.get("/lien/{secret}")
def follow_link(request: Request, secret: str) -> Response:
    """Let a director in by a link; the secret leaves the address bar at once."""
    opened = signing_in.follow_link(request.app.state.store, secret)
    answer = enter(request, opened, opened.leads_to)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@router.get("/invitation/{secret}")
def invitation_page(request: Request, secret: str) -> Response:
    """Show where to choose a name and a password."""
    return _invitation(request, secret)


@router.post("/invitation/{secret}")
def accept_invitation(
    request: Request, secret: str, login: Text = "", password: Text = "", again: Text = ""
) -> Response:
    """Make the account, and sign in."""
    _require_safe(request)
    problem = _choice_problem(password, again)
    if not problem:
        try:
            store = request.app.state.store
            with store.reading() as session:
                is_new = signing_in.invited(session, secret, int(time.time())).account_id is None
            if is_new and not re.fullmatch(LOGIN_SHAPE, login.strip().lower()):
                problem = (
                    "L'identifiant a de 3 à 40 signes : lettres sans accent, chiffres, point, tiret ; pas d'adresse."
                )
            else:
                return enter(request, signing_in.accept_invitation(store, secret, login, password), "/")
        except WeakPassword as error:
            problem = str(error)
        except Problem as error:
            if error.status != 409:
                raise
            problem = error.detail
    return _invitation(request, secret, login=login, problem=problem, status=422)


@router.get("/compte")
def account_page(request: Request, reader: Reading) -> Response:
    """Show what one may do, and where to change one's password."""
    return _account(request, reader)


@router.post("/compte/mot-de-passe")
def change_password(
    request: Request, reader: Reading, present: Text = "", password: Text = "", again: Text = ""
) -> Response:
    """Change one's password; every other browser is signed out."""
    problem = _choice_problem(password, again)
    if not reader.name:
        raise Problem(409, "Un lien ou un jeton n'a pas de mot de passe.")
    if not problem:
        try:
            opened = signing_in.change_password(request.app.state.store, reader.actor, present, password)
            return enter(request, opened, "/compte?fait=1")
        except WeakPassword as error:
            problem = str(error)
        except Problem as error:
            problem = error.detail
    return _account(request, reader, problem=problem, status=422)


def enter(request: Request, opened: Opened, path: str) -> Response:
    """Give the browser its session and lead on."""
    answer = _redirect(request, path)
    forms.keep_session(request, answer, opened.secret, opened.lasts_s)
    return answer


def local_path(text: str) -> str:
    """Return an address of this collector to lead on to, "/" when it is none: nobody is led elsewhere from here."""
    parts = urlsplit(text.replace("\\", "/"))
    ours = text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return text if ours and text.isprintable() and not text.startswith("/connexion") else "/"


def address_of(request: Request) -> str:
    """Return where a request comes from, for counting failures; it is not kept."""
    return request.client.host if request.client else ""


def _sign_in(request: Request, after: str, *, login: str = "", problem: str = "", status: int = 200) -> Response:
    secret, token = forms.open_form(request)
    problem = problem if forms.may_sign_in(request.app.state.settings) else NOT_HERE
    answer: Response = page(
        request, "sign_in.html", status=status, after=after, login=login, problem=problem, form_token=token
    )
    forms.keep_form(request, answer, secret)
    return answer


def _invitation(request: Request, secret: str, *, login: str = "", problem: str = "", status: int = 200) -> Response:
    with request.app.state.store.reading() as session:
        found = signing_in.invited(session, secret, int(time.time()))
        account = session.get(Account, found.account_id) if found.account_id else None
    form, token = forms.open_form(request)
    answer: Response = page(
        request,
        "invitation.html",
        status=status,
        secret=secret,
        role=found.role,
        place=found.place,
        account=account,
        login=login,
        problem=problem,
        shortest=SHORTEST,
        form_token=token,
    )
    answer.headers["Referrer-Policy"] = "no-referrer"
    forms.keep_form(request, answer, form)
    return answer


def _account(request: Request, reader: Reading, *, problem: str = "", status: int = 200) -> Response:
    done = request.query_params.get("fait") == "1" and not problem
    return page(request, "account.html", status=status, me=reader, problem=problem, done=done, shortest=SHORTEST)


def _issuer(request: Request) -> Oidc:
    issuer: Oidc | None = request.app.state.settings.oidc
    if issuer is None:
        raise Problem(404, "Ce collecteur n'identifie personne ailleurs.")
    return issuer


def _back(request: Request) -> str:
    return f"{request.app.state.settings.address}/connexion/retour"


def _choice_problem(password: str, again: str) -> str:
    return "" if password == again else "Les deux mots de passe ne sont pas les mêmes."


def _require_safe(request: Request) -> None:
    if not forms.may_sign_in(request.app.state.settings):
        raise Problem(403, NOT_HERE)


def _redirect(request: Request, path: str) -> Response:
    return RedirectResponse(request.scope.get("root_path", "") + quote(path, safe="/?&=%:.,;+-_~"), 303)
