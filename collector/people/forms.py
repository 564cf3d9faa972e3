"""Does this form come from a page of ours? The session's cookie, and the token every form carries against it."""

import hashlib
import hmac
import secrets
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from collector.settings import Settings

_COOKIE: Final = "preau"
_FORM_COOKIE: Final = "preau-form"
FORM_COOKIE_S: Final = 3600
"""How long an open form (signing in, an invitation) may be filled in."""


def is_https(settings: Settings) -> bool:
    """Tell whether people reach this collector over HTTPS, by the address it gives itself."""
    return settings.address.startswith("https://")


def may_sign_in(settings: Settings) -> bool:
    """Tell whether a password may travel: over HTTPS, or without leaving this machine."""
    return is_https(settings) or settings.host in ("127.0.0.1", "::1", "localhost")


def form_token(secret: str) -> str:
    """Return what forms carry beside the cookie that holds `secret`; "" when there is none."""
    return hmac.new(secret.encode(), b"preau-form", hashlib.sha256).hexdigest() if secret else ""


def session_secret(request: Request) -> str:
    """Return the secret of the browser's session; "" when it has none."""
    return request.cookies.get(_name(request, _COOKIE), "")


def form_secret(request: Request) -> str:
    """Return the secret that an open form goes with; "" when there is none."""
    return request.cookies.get(_name(request, _FORM_COOKIE), "")


def keep_session(request: Request, response: Response, secret: str, lasts_s: int) -> None:
    """Give the browser its session's cookie, and take the open form's back."""
    _set(request, response, _COOKIE, secret, lasts_s)
    _set(request, response, _FORM_COOKIE, "", 0)


def forget_session(request: Request, response: Response) -> None:
    """Take the session's cookie back."""
    _set(request, response, _COOKIE, "", 0)


def open_form(request: Request) -> tuple[str, str]:
    """Return the secret to keep with `keep_form`, and the token to put in an open form."""
    secret = form_secret(request) or secrets.token_urlsafe(32)
    return secret, form_token(secret)


def keep_form(request: Request, response: Response, secret: str) -> None:
    """Give the browser the cookie its open form goes with; a session it had does not serve for this form."""
    _set(request, response, _FORM_COOKIE, secret, FORM_COOKIE_S)


def _name(request: Request, name: str) -> str:
    """`__Host-` binds a cookie to this very host, over HTTPS; browsers refuse it elsewhere."""
    return f"__Host-{name}" if is_https(request.app.state.settings) else name


def _set(request: Request, response: Response, name: str, value: str, lasts_s: int) -> None:
    # Lax and not Strict: a director's link is opened from a message. Every form carries its token besides.
    response.set_cookie(
        _name(request, name),
        value,
        max_age=lasts_s,
        path="/",
        secure=is_https(request.app.state.settings),
        httponly=True,
        samesite="lax",
    )
