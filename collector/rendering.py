"""How does a page become HTML, safely and in French?"""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

import checks
from checks.actors import ACTOR_NAMES, DEFAULT_ACTORS
from checks.decide import remedy_of
from checks.french import OUTCOME_SIGNS, OUTCOMES, PLACES, TIERS, count
from collector import dates
from collector.actions import by_actor
from collector.answers import Standing
from collector.charts import france, history, plot
from collector.people.reader import Reader
from collector.people.roles import ROLE_NAMES

SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
KINDS: Final[Mapping[str, str]] = {
    "nation": "",
    "academie": "académie",
    "departement": "département",
    "circonscription": "circonscription d'inspection du 1er degré",
    "epci": "intercommunalité",
    "commune": "commune",
    "wave": "vague de déploiement",
}
STANDINGS: Final[Mapping[Standing, str]] = {
    "stale": "Relevé trop ancien",
    "pending": "En attente d'acceptation",
    "quarantined": "Écarté, en attente de vérification",
    "silent": "Pas encore mesuré",
}
EVIDENCE: Final[Mapping[str, str]] = {
    "interactive": "audit lancé à la main",
    "session": "mesuré dans une session",
    "carried": "relevé apporté dans un fichier, date déclarée",
}
"""What is worth saying of how a report was made; the installed agent goes without saying."""
STATIC_TYPES: Final[Mapping[str, str]] = {
    "preau.css": "text/css; charset=utf-8",
    "preau.svg": "image/svg+xml",
    **dict.fromkeys(("essai.js", "essai-recent.js", "essai-cadre.js"), "text/javascript; charset=utf-8"),
}


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Render a template; `root` is where the collector is mounted, `theme` whether the operator has a theme."""
    reader: Reader | None = getattr(request.state, "reader", None)
    common: dict[str, Any] = {
        "root": request.scope.get("root_path", ""),
        "theme": theme_file(request) is not None,
        "settings": request.app.state.settings,
        "reader": reader,
        "form_token": reader.form_token if reader else "",
    }
    html = _environment().get_template(template).render(common | context)
    return HTMLResponse(html, status, {**SECURITY_HEADERS, "Cache-Control": "private, no-cache"})


def refusal(request: Request, status: int, title: str, detail: str) -> HTMLResponse:
    """Render an error page: what happened, and what to do."""
    return page(request, "refusal.html", status=status, title=title, detail=detail)


def theme_file(request: Request) -> Path | None:
    """Return the operator's own style sheet (`theme.css` in the data directory), loaded after Préau's; or None."""
    path: Path = request.app.state.settings.data_dir / "theme.css"
    return path if path.is_file() else None


@cache
def static(name: str) -> bytes:
    """Return a file of `collector/static`; `name` is a key of `STATIC_TYPES`."""
    return (files("collector") / "static" / name).read_bytes()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("collector"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        capitalised=_capitalised,
        day=dates.day,
        french=_french,
        instant=_instant,
        moment=dates.moment,
        moment_at=_moment_at,
        number=_number,
    )
    environment.globals.update(
        ACTORS=ACTOR_NAMES,
        CHECKS=checks.BY_ID,
        DEFAULT_ACTORS=DEFAULT_ACTORS,
        EVIDENCE=EVIDENCE,
        GRADES=france.GRADES,
        KINDS=KINDS,
        MAP_CREDIT=france.CREDIT,
        OUTCOME_OF={outcome.value: outcome for outcome in OUTCOMES},
        OUTCOMES=OUTCOMES,
        PLACES=PLACES,
        ROLES=ROLE_NAMES,
        SIGNS=OUTCOME_SIGNS,
        SHORT_KINDS={kind: words.split(" d'")[0] for kind, words in KINDS.items() if kind not in ("nation", "wave")},
        STANDINGS=STANDINGS,
        TIERS=TIERS,
        WHY=history.WHY,
        ZONE=dates.ZONE_NAME,
        action_of=_action,
        by_actor=by_actor,
        count=count,
        mark_shape=plot.shape,
        observation=_observation,
        remedy_of=remedy_of,
        script=hashlib.sha256(static("essai.js") + static("essai-recent.js")).hexdigest()[:12],
        style=hashlib.sha256(static("preau.css")).hexdigest()[:12],
    )
    return environment


def _moment_at(seconds: int) -> str:
    return dates.moment(datetime.fromtimestamp(seconds, UTC))


def _french(text: str) -> str:
    """Keep French signs with their words: a line never begins with a colon or ends with an opening quote."""
    return re.sub(r" (?=[;:!?»])|(?<=«) ", "\u00a0", text)


def _instant(seconds: int) -> str:
    return dates.day(datetime.fromtimestamp(seconds, UTC))


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u202f")


def _action(check_id: str, cause: str) -> str:
    remedy = remedy_of(check_id, cause) if check_id in checks.BY_ID else None
    return remedy.action if remedy else ""


def _observation(check_id: str, cause: str) -> str:
    remedy = remedy_of(check_id, cause) if check_id in checks.BY_ID else None
    return remedy.observation if remedy else cause
