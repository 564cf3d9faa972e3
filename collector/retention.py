"""How long is each kind of data kept, and what takes it away?

Each line is purged every hour by every collector, and by `preau-collector purge`. `docs/privacy.md` is made from it. A
clock that jumps makes nothing old: nothing is taken away until it has gone on for a week.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from collector.dates import moment
from collector.refusals import Told
from collector.signing import Keys
from collector.store import purging
from collector.store.audit import add_checkpoint, record
from collector.store.audit import purge as purge_audit
from collector.store.engine import Store
from collector.store.marks import is_going_on, note_clock, steady_since
from collector.store.people import expired
from collector.store.purging import DAY_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One class of data."""

    what: str  # in French, for the page about privacy
    days: int  # after the event that `since` names
    since: str  # in French
    why: str  # in French, with its source where there is one


SILENT: Final = Kept(
    what="Poste, clé, faits, verdicts et constats",
    days=400,
    since="son dernier relevé, ou son enrôlement s'il n'en a pas fait",
    why="une année scolaire et ses vacances ; choix de ce projet",
)
TRIES: Final = Kept(
    what="Essais de la page de test (sans poste ni personne)",
    days=400,
    since="l'essai",
    why="comme un poste ; choix de ce projet",
)
SET_ASIDE: Final = Kept(
    what="Relevés mis de côté",
    days=90,
    since="leur réception",
    why="le temps qu'une personne décide ; choix de ce projet",
)
EGRESS: Final = Kept(
    what="Pseudonyme de la sortie Internet d'un poste (HMAC d'un préfixe, clé par école)",
    days=30,
    since="le relevé",
    why="dire par combien de lignes sortent les postes de l'école ; choix de ce projet",
)
HISTORY: Final = Kept(
    what="Historique d'une école (états et causes, sans poste)",
    days=1095,
    since="le changement",
    why="suivre un déploiement par vagues sur trois ans ; choix de ce projet",
)
RERUNS: Final = Kept(
    what="Demandes de relancer un contrôle", days=28, since="la demande", why="deux fois le temps où elles valent"
)
CONTACTS: Final = Kept(
    what="Contacts des acteurs (nom, adresse et téléphone de service)",
    days=730,
    since="leur saisie ou leur dernier import, s'ils ne sont pas retirés avant",
    why="un contact que personne ne confirme en deux ans n'est plus le bon ; choix de ce projet",
)
CODES: Final = Kept(
    what="Codes d'enrôlement et de page de test (empreinte)", days=365, since="leur fin", why="dire d'où vient un poste"
)
TOKENS: Final = Kept(what="Jetons d'API (empreinte)", days=365, since="leur fin", why="relire le journal")
LINKS: Final = Kept(
    what="Invitations et liens de lecture (empreinte)", days=30, since="leur fin", why="répondre à qui s'étonne"
)
ACCOUNTS: Final = Kept(what="Comptes fermés", days=365, since="leur fermeture", why="relire le journal")
AUDIT: Final = Kept(
    what="Journal des actes (personnes par identifiant opaque)",
    days=365,
    since="l'acte, à un point de contrôle signé",
    why="six mois à un an : CNIL, délibération 2021-122 du 14 octobre 2021",
)
CLASSES: Final = (SILENT, TRIES, SET_ASIDE, EGRESS, HISTORY, RERUNS, CONTACTS, CODES, TOKENS, LINKS, ACCOUNTS, AUDIT)
AT_ONCE_GONE: Final = (
    "Sessions : à leur fin (10 h pour un compte, 30 jours au plus pour un lien).",
    "Échecs de connexion (empreintes à clé, ni identifiant ni adresse lisibles) : une heure.",
    "Adresse IP publique : jamais gardée au-delà de la demande.",
)


JUMP_S: Final = 14 * DAY_S
"""The clock was put forward, or the collector stood still, when it says so much more than the last time."""
STEADY_S: Final = 7 * DAY_S
"""For how long it must have gone on since. Choices of this project."""


class ClockJumped(Told, RuntimeError):
    """The clock cannot be believed yet; the message says what to do, in French."""


def purge_in_time(store: Store, keys: Keys, now: int) -> dict[str, int]:
    """Purge, and note what the clock says; raises `ClockJumped`."""
    store.write(lambda session: note_clock(session, now, JUMP_S))
    require_steady(store, now)
    return purge(store, keys, now)


def require_steady(store: Store, now: int) -> None:
    """Raise `ClockJumped` unless the clock has gone on for `STEADY_S`."""
    with store.reading() as session:
        since, goes_on = steady_since(session), is_going_on(session, now, JUMP_S)
    if not goes_on or now < since + STEADY_S:
        said = moment(datetime.fromtimestamp(now, UTC))
        raise ClockJumped(
            f"l'horloge a sauté, ou le collecteur était arrêté depuis longtemps ; elle dit maintenant {said}. "
            "Rien n'est effacé avant qu'elle n'ait avancé sept jours sans saut. "
            "Si cette date est la bonne et qu'il ne faut pas attendre : preau-collector purge --yes"
        )


def purge(store: Store, keys: Keys, now: int) -> dict[str, int]:
    """Take away all that was kept long enough; returns how much of each class, those that lost something."""
    gone = {
        SILENT.what: purging.silent_workstations(store, now - SILENT.days * DAY_S, now),
        SET_ASIDE.what: store.write(lambda session: purging.set_aside(session, now - SET_ASIDE.days * DAY_S)),
        TRIES.what: store.write(lambda session: purging.tries(session, now - TRIES.days * DAY_S)),
        EGRESS.what: purging.egress(store, now - EGRESS.days * DAY_S),
        HISTORY.what: store.write(lambda session: purging.history(session, now - HISTORY.days * DAY_S)),
        RERUNS.what: store.write(lambda session: purging.reruns(session, now - RERUNS.days * DAY_S)),
        CONTACTS.what: store.write(lambda session: purging.contacts(session, now - CONTACTS.days * DAY_S)),
        CODES.what: store.write(lambda session: purging.codes(session, now - CODES.days * DAY_S)),
        TOKENS.what: store.write(lambda session: purging.tokens(session, now - TOKENS.days * DAY_S)),
        ACCOUNTS.what: store.write(lambda session: purging.accounts(session, now - ACCOUNTS.days * DAY_S)),
    }
    store.write(lambda session: expired(session, now, LINKS.days * DAY_S))
    store.write(lambda session: add_checkpoint(session, now, keys.sign))
    gone[AUDIT.what] = store.write(lambda session: purge_audit(session, now - AUDIT.days * DAY_S))
    lost = {what: number for what, number in gone.items() if number}
    if lost:
        store.write(lambda session: record(session, now, "collector", "purged", rows=sum(lost.values())))
    return lost
