from checks.answers.system import Language
from checks.system.language import CHECK, Facts, Requirement
from tests.checks.judge_table import BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(displays=("fr", "br"), keyboards=("azerty", "bepo"))


def session(display: str | None, keyboard: str | None) -> Facts:
    return Facts(language=Language(display=display, keyboard=keyboard))  # type: ignore[arg-type]


ROWS = [
    Row("French", session("fr", "azerty"), ASKS, READY, None),
    Row("Breton, bépo", session("br", "bepo"), ASKS, READY, None),
    Row("nothing asked", session("en", None), Requirement(), READY, None),
    Row("English", session("en", "azerty"), ASKS, BLOCKED, "other_display_language"),
    Row("another keyboard", session("fr", "qwerty"), ASKS, BLOCKED, "other_keyboard"),
    Row("a keyboard of no list", session("fr", "other"), ASKS, BLOCKED, "other_keyboard"),
    Row("untold", session(None, "azerty"), ASKS, UNMEASURED, "language_not_told"),
    Row("English, keyboard untold", session("en", None), ASKS, BLOCKED, "other_display_language"),
]
test_judge = judge_test(CHECK, ROWS)
