"""Which schools does an address ask for? Filters live in addresses, so that a view can be sent to somebody."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from urllib.parse import urlencode

from checks.french import OUTCOMES
from checks.model import Outcome
from collector.answers import Sector
from collector.territory import is_wave

Contract = Literal["sous", "hors"]
"""Private schools: under contract with the State, of whatever kind, or not."""

OUTCOME_WORDS: Final[Mapping[str, Outcome]] = {
    "pret": Outcome.READY,
    "reserves": Outcome.AT_RISK,
    "non-pret": Outcome.BLOCKED,
    "inconnu": Outcome.UNMEASURED,
}
SECTOR_WORDS: Final[Mapping[str, Sector]] = {"public": "public", "prive": "privé"}
CONTRACT_WORDS: Final[Mapping[str, Contract]] = {"sous": "sous", "hors": "hors"}
NATURES: Final = ("maternelle", "elementaire", "primaire", "specialisee")
NATURE_WORDS: Final[Mapping[str, str]] = dict(
    zip(NATURES, ("maternelle", "élémentaire", "primaire", "spécialisée"), strict=True)
)
"""How each choice is written in an address, and what it means."""


class BadFilter(ValueError):
    """A filter of an address that means nothing; the message says which, and what is expected, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What an address keeps of the schools of a territory; None keeps all."""

    outcome: Outcome | None = None
    sector: Sector | None = None
    contract: Contract | None = None
    nature: str | None = None
    wave: str | None = None

    def __bool__(self) -> bool:
        return self != Filters()

    def without(self, name: str) -> "Filters":
        """Return the same filters but one."""
        cleared: dict[str, Any] = {name: None}
        return replace(self, **cleared)

    def having(self, **chosen: Any) -> "Filters":
        """Return the same filters, with these changed."""
        return replace(self, **chosen)

    @property
    def address(self) -> str:
        """The query of an address that asks for this, without its question mark; "" for all the schools."""
        return urlencode([(parameter, word) for parameter, word in self._words() if word])

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, as an address writes it, by parameter; "" where nothing was."""
        return {parameter: word or "" for parameter, word in self._words()}

    @property
    def named(self) -> list[tuple[str, str]]:
        """What was chosen in French, with the name of the field that holds it."""
        found = (
            ("outcome", OUTCOMES[self.outcome].lower() if self.outcome else None),
            ("sector", f"écoles {'publiques' if self.sector == 'public' else 'privées'}" if self.sector else None),
            ("contract", f"{self.contract} contrat" if self.contract else None),
            ("nature", f"écoles {self.nature}s" if self.nature else None),
            ("wave", f"vague {self.wave}" if self.wave else None),
        )
        return [(name, words) for name, words in found if words]

    def _words(self) -> list[tuple[str, str | None]]:
        return [
            ("etat", _word(OUTCOME_WORDS, self.outcome)),
            ("secteur", _word(SECTOR_WORDS, self.sector)),
            ("contrat", _word(CONTRACT_WORDS, self.contract)),
            ("type", _word(NATURE_WORDS, self.nature)),
            ("vague", self.wave),
        ]


def read(query: Mapping[str, str]) -> Filters:
    """Read the filters of an address; raises `BadFilter`. A parameter that is empty or absent keeps all."""
    wave = query.get("vague", "").strip()
    if wave and not is_wave(wave):
        raise BadFilter(f"filtre vague : « {wave[:40]} » n'est pas le nom d'une vague (vingt signes au plus)")
    return Filters(
        outcome=_chosen(query, "etat", OUTCOME_WORDS),
        sector=_chosen(query, "secteur", SECTOR_WORDS),
        contract=_chosen(query, "contrat", CONTRACT_WORDS),
        nature=_chosen(query, "type", NATURE_WORDS),
        wave=wave or None,
    )


def _chosen(query: Mapping[str, str], parameter: str, words: Mapping[str, Any]) -> Any:
    asked = query.get(parameter, "").strip()
    if asked and asked not in words:
        raise BadFilter(f"filtre {parameter} : « {asked[:40]} » n'est pas un choix ; choix connus : {', '.join(words)}")
    return words.get(asked)


def _word(words: Mapping[str, Any], value: object) -> str | None:
    return next((word for word, meant in words.items() if meant == value), None)
