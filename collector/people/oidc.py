"""How does somebody sign in elsewhere? OpenID Connect: authorization code, PKCE, nonce, bound to one browser.

Of what the issuer says, only `iss` and `sub` are kept: no name, no e-mail.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from collector.people.signing_in import Opened, open_session, use_invitation
from collector.people.tables import OidcAttempt
from collector.problems import Problem
from collector.settings import Oidc
from collector.store import Session, people
from collector.store.engine import Store
from collector.store.enrolments import hashed

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import OAuth2Client

TIMEOUT_S: Final = 10.0
ATTEMPT_S: Final = 600
"""How long somebody has to sign in elsewhere."""
ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
"""Signatures an ID token may carry; never "none", never a shared secret."""
UNKNOWN: Final = (
    "Vous êtes bien identifié, mais aucun compte n'est ouvert pour vous ici : demandez un lien d'invitation à qui "
    "exploite ce collecteur."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Where a browser is sent to sign in."""

    address: str


def send(store: Store, issuer: Oidc, back: str, browser: str, return_to: str, invitation: str) -> Sent:
    """Prepare signing in elsewhere; `back` is our return address, `browser` the secret of its open form's cookie.

    Raises `Problem` 410 when the invitation does not serve, 503 when the issuer does not answer.
    """
    now, state, nonce, verifier = int(time.time()), generate_token(32), generate_token(32), generate_token(64)
    said = _metadata(issuer)
    with _client(issuer, back) as client:
        address, _ = client.create_authorization_url(
            said["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )

    def keep(session: Session) -> None:
        invited = people.find_invitation(session, invitation, now) if invitation else None
        if invitation and invited is None:
            raise Problem(410, "Ce lien d'invitation ne sert plus : demandez-en un nouveau.")
        session.add(
            OidcAttempt(
                state_sha256=hashed(state + browser),
                nonce=nonce,
                verifier=verifier,
                return_to=return_to,
                invitation_id=invited.id if invited else None,
                expires_at=now + ATTEMPT_S,
            )
        )

    store.write(keep)
    return Sent(address=address)


def come_back(store: Store, issuer: Oidc, back: str, browser: str, said: Mapping[str, str]) -> Opened:
    """Check what the issuer answered, and open a session; raises `Problem` 401, 403, 410, 503.

    An answer serves once, and only in the browser that was sent.
    """
    now = int(time.time())
    attempt = store.write(lambda session: _take(session, hashed(said.get("state", "") + browser), now))
    if attempt is None:
        raise Problem(401, "Cette identification a expiré ou vient d'un autre navigateur : recommencez.")
    if "code" not in said or said.get("iss", issuer.issuer) != issuer.issuer:
        raise Problem(401, f"{issuer.name} n'a pas confirmé votre identité.")
    subject = _subject(issuer, back, attempt, said["code"])
    return store.write(lambda session: _enter(session, issuer, subject, attempt, now))


def _take(session: Session, state_sha256: str, now: int) -> OidcAttempt | None:
    found = session.get(OidcAttempt, state_sha256, with_for_update=True)
    if found is None:
        return None
    session.delete(found)
    session.flush()
    return found if found.expires_at > now else None


def _subject(issuer: Oidc, back: str, attempt: OidcAttempt, code: str) -> str:
    """Exchange the code, and return whom the signed ID token is about."""
    said = _metadata(issuer)
    try:
        with _client(issuer, back) as client:
            tokens = client.fetch_token(said["token_endpoint"], code=code, code_verifier=attempt.verifier)
            keys = client.request("GET", said["jwks_uri"], withhold_token=True).raise_for_status().json()
        token = jwt.decode(tokens["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={"iss": {"value": issuer.issuer}, "aud": {"value": issuer.client_id}},
            params={"nonce": attempt.nonce, "client_id": issuer.client_id, "access_token": tokens.get("access_token")},
        )
        claims.validate(leeway=60)
    except httpx.HTTPError:
        raise Problem(503, f"{issuer.name} ne répond pas : réessayez dans un moment.") from None
    except (AuthlibBaseError, JoseError, KeyError, ValueError):
        raise Problem(401, f"{issuer.name} n'a pas confirmé votre identité.") from None
    return str(claims["sub"])


def _enter(session: Session, issuer: Oidc, subject: str, attempt: OidcAttempt, now: int) -> Opened:
    account = people.account_of(session, issuer.issuer, subject)
    invitation = people.invitation_by_id(session, attempt.invitation_id, now) if attempt.invitation_id else None
    if account is None and invitation is not None:
        login = "ext-" + generate_token(8).lower()
        account = use_invitation(
            session, invitation, login, now, oidc_issuer=issuer.issuer, oidc_subject=subject
        )  # fmt: skip
    if account is None or account.disabled_at is not None:
        raise Problem(403, UNKNOWN)
    opened = open_session(session, account, now)
    return Opened(secret=opened.secret, lasts_s=opened.lasts_s, leads_to=attempt.return_to)


def _client(issuer: Oidc, back: str) -> "OAuth2Client":
    # At the top of the file, it tells every command on its screen that Authlib would rather have httpx2.
    from authlib.integrations.httpx_client import OAuth2Client

    return OAuth2Client(
        client_id=issuer.client_id,
        client_secret=issuer.client_secret,
        redirect_uri=back,
        scope="openid",
        code_challenge_method="S256",
        timeout=TIMEOUT_S,
    )


def _metadata(issuer: Oidc) -> dict[str, Any]:
    """Ask the issuer where its endpoints are; raises `Problem` 503."""
    try:
        with httpx.Client(timeout=TIMEOUT_S) as client:
            answer = client.get(f"{issuer.issuer.rstrip('/')}/.well-known/openid-configuration").raise_for_status()
        said: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError):
        raise Problem(503, f"{issuer.name} ne répond pas : réessayez dans un moment.") from None
    if said.get("issuer") != issuer.issuer:
        raise Problem(503, f"{issuer.name} se présente sous un autre nom que {issuer.issuer} : vérifier les réglages.")
    return said
