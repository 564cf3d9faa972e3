"""What is to be said of one cause in many schools? A text to the one who can put it right for all of them."""

from collections.abc import Sequence
from typing import Final

from checks.french import count
from checks.model import Remedy
from collector.letters import Letter
from collector.store.plan import Line, Touched

_MOST: Final = 40


def ticket(place: str, remedy: Remedy, line: Line, schools: Sequence[Touched], address: str) -> Letter:
    """Return a text about one cause in a territory: what is seen, what to do, in which schools."""
    named = [
        f"- {s.name}, {s.commune} ({s.uai}) : {count(s.workstations, 'poste')}"
        + (", toute l'école" if s.of_site else "")
        for s in schools[:_MOST]
    ]
    more = line.schools - len(named)
    rest = [f"- et {count(more, 'autre école', 'autres écoles')}, dans l'export du plan d'action"] if more > 0 else []
    body = "\n".join(
        [
            "Bonjour,",
            "",
            f"Préau vérifie si l'ENT peut ouvrir dans les écoles. Sur le territoire « {place} », "
            f"{count(line.schools, 'école')} et {count(line.workstations, 'poste')} ont la même cause :",
            f"Constat : {remedy.observation}",
            f"À faire : {remedy.action}",
            f"Postes bloqués par cette cause : {line.blocked}.",
            "",
            "Écoles concernées :",
            *named,
            *rest,
            "",
            "Les adresses et ports exacts sont dans le texte de chaque école :",
            *(f"{address}/ecoles/{s.uai}#textes" for s in schools[:1]),
            "",
            "Le prochain relevé des postes montrera que c'est corrigé ; rien d'autre n'est à renvoyer.",
        ]
    )
    subject = f"ENT, {place} : {remedy.observation.rstrip('.')} ({count(line.schools, 'école')})"
    return Letter(actor=line.actor, subject=subject, body=body)
