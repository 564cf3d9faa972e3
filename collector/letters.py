"""What does a school's actor have to be told? A text ready to send: a mail to the commune, a ticket to the DSI.

Pure. It names what was seen, on which workstations, and exactly which hosts, ports and authority it is about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from checks.actors import Actor
from checks.french import OUTCOMES, PLACES, count
from collector import dates
from collector.actions import by_actor
from collector.answers import ActionAnswer, SchoolReadiness, ServiceAnswer

_GREETINGS = {
    Actor.SCHOOL: "Bonjour,",
    Actor.COMMUNE: "Madame, Monsieur,",
    Actor.ACADEMIE: "Bonjour,",
    Actor.ISP: "Bonjour,",
    Actor.EDITOR: "Bonjour,",
}
_NAMES_HOSTS = ("network.",)
"""Families of checks about which hosts and ports say something to who has to act."""
_MOST_STATIONS = 40
_MOST_ADDRESS = 1900
"""Signs of an address that every mail program takes."""
_MOST_SENTENCES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A text to one actor about one school."""

    actor: Actor
    subject: str
    body: str

    def mailto(self, to: str = "") -> str:
        """Return an address that opens it in a mail program; without its body where that would be cut short."""
        address = f"mailto:{quote(to, safe='@,')}?subject={quote(self.subject)}"
        whole = f"{address}&body={quote(self.body.replace(chr(10), chr(13) + chr(10)))}"
        return whole if len(whole) <= _MOST_ADDRESS else address


def letters(found: SchoolReadiness, page_address: str) -> tuple[Letter, ...]:
    """Return a letter to each actor who has something to do, in the order of workstations unblocked."""
    ordered = sorted(found.actions, key=lambda a: (-a.unblocks, -a.workstations))
    return tuple(_letter(found, actor, theirs, page_address) for actor, theirs in by_actor(ordered))


def _letter(found: SchoolReadiness, actor: Actor, theirs: Sequence[ActionAnswer], page_address: str) -> Letter:
    school = found.school
    what = count(len(theirs), "action") if len(theirs) > 1 else "une action"
    about = f"{school.name}, {school.commune} ({school.uai})"
    opens = f" L'ENT doit y ouvrir le {dates.day(school.opens_on)}." if school.opens_on else ""
    lines = [
        _GREETINGS[actor],
        "",
        f"Préau vérifie si l'ENT peut ouvrir dans les écoles. Pour l'école {about} :",
        f"{OUTCOMES[found.outcome]}. {found.reason}{opens}",
        f"État au {dates.moment(found.as_of)} ({dates.ZONE_NAME}), "
        f"{count(found.workstations.measured, 'poste mesuré', 'postes mesurés')}"
        + (f" sur {found.workstations.expected} attendus." if found.workstations.expected is not None else "."),
        "",
        "Il vous revient de :" if actor is not Actor.SCHOOL else "À faire dans l'école :",
        "",
    ]
    for number, action in enumerate(theirs, start=1):
        lines += [*_action(number, action, found), ""]
    lines += [
        "Rien d'autre n'est à renvoyer : le prochain relevé de chaque poste montrera que c'est corrigé.",
        f"Le détail, poste par poste : {page_address}",
    ]
    return Letter(actor=actor, subject=f"ENT, {about} : {what} à faire", body="\n".join(lines))


def _action(number: int, action: ActionAnswer, found: SchoolReadiness) -> list[str]:
    lines = [f"{number}. {action.action}", f"   Constat : {action.observation}"]
    touched = [s for s in found.stations if s.tag in action.tags and s.standing == "measured"]
    seen = [f for s in touched for f in s.findings if (f.check, f.cause) == (action.check, action.cause)]
    lines += _counted("   Relevé : ", [f.sentence for f in seen])
    if action.check.startswith(_NAMES_HOSTS):
        lines += _hosts(found.services, {f.subject for f in seen})
    where = [f"{s.tag} ({PLACES.get(s.place, s.place)})" for s in touched]
    if action.of_site:
        lines.append(f"   Toute l'école : {count(action.workstations, 'poste')} sur les postes mesurés.")
    lines.append(f"   {'Poste' if len(where) == 1 else 'Postes'} : {_some(where, _MOST_STATIONS)}.")
    if action.unblocks:
        lines.append(f"   Cette action suffit à débloquer {count(action.unblocks, 'poste')}.")
    return lines


def _hosts(services: Iterable[ServiceAnswer], subjects: set[str]) -> list[str]:
    concerned = [service for service in services if service.name in subjects]
    return [
        f"   {service.title}, à laisser joindre sans déchiffrement ni blocage : {', '.join(service.endpoints)}"
        for service in concerned
    ]


def _counted(label: str, sentences: Iterable[str]) -> list[str]:
    """Say each sentence once, with on how many workstations it was seen, the most frequent first."""
    times: dict[str, int] = {}
    for sentence in sentences:
        times[sentence] = times.get(sentence, 0) + 1
    ordered = sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))
    lines = [
        f"{label}{sentence.rstrip('.')}" + (f" ({count(number, 'poste')})." if number > 1 else ".")
        for sentence, number in ordered[:_MOST_SENTENCES]
    ]
    more = len(ordered) - _MOST_SENTENCES
    return (
        [*lines, f"{label}et {count(more, 'autre constat', 'autres constats')} du même ordre."] if more > 0 else lines
    )


def _some(names: Sequence[str], most: int) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" et {more} autres" if more > 0 else "")
