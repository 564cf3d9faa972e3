"""Is this the code of a French school?

A UAI is three digits (département of registration), four digits, and a letter that the seven digits determine: the one
at their remainder by 23 in the alphabet without I, O and Q. One wrong digit, or two neighbours swapped, always shows.
"""

import re
from typing import Final

from collector.refusals import Told

LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SHAPE: Final = re.compile(r"[0-9]{7}[A-Z]")
_ZEROS_LOST: Final = re.compile(r"[0-9]{5,6}[A-Z]")


class BadUai(Told, ValueError):
    """Not a UAI; the message says why and what to do, in French."""


def check_letter(seven_digits: str) -> str:
    """The letter that ends the UAI of these seven digits. ValueError if they are not seven digits."""
    if not re.fullmatch(r"[0-9]{7}", seven_digits):
        raise ValueError(f"seven digits expected, not {seven_digits!r}")
    return LETTERS[int(seven_digits) % len(LETTERS)]


def parse_uai(text: str, *, zeros_lost: bool = False) -> str:
    """The UAI written in `text`, in capitals without spaces. BadUai if there is none.

    `zeros_lost`: put back the leading zeros a spreadsheet drops (`300185N` for `0300185N`); the letter proves them.
    """
    signs = re.sub(r"\s+", "", text)
    uai = signs.upper() if signs.isascii() else signs  # "ſ" has the capital "S"
    if zeros_lost and _ZEROS_LOST.fullmatch(uai):
        uai = uai.zfill(8)
    if not _SHAPE.fullmatch(uai):
        raise BadUai(_why_misshapen(uai))
    if uai[-1] in "IOQ":
        raise BadUai(f"« {uai} » finit par {uai[-1]}, lettre qu'aucun code UAI ne porte : relire le code")
    if uai[-1] != check_letter(uai[:7]):
        raise BadUai(
            f"« {uai} » n'existe pas, un de ses signes est faux (ces chiffres iraient avec la lettre "
            f"{check_letter(uai[:7])}) : relire le code dans l'annuaire ou sur un courrier officiel de l'école"
        )
    return uai


def _why_misshapen(uai: str) -> str:
    if not uai:
        return "le code UAI manque"
    rule = "un code UAI a sept chiffres puis une lettre"
    if re.fullmatch(r"[0-9]{6,7}", uai):
        return f"« {uai} » n'a pas sa lettre finale : {rule}"
    if _SHAPE.fullmatch(uai[:-1].replace("O", "0") + uai[-1:]):
        return f"« {uai} » a la lettre O à la place du chiffre zéro : {rule}"
    return f"« {uai[:40]} » n'est pas un code UAI : {rule}, comme 0990001N"
