from dataclasses import replace
from datetime import date

from checks.answers.browser import Browser
from checks.browser.version import CHECK, Facts, Minimum, Released, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(
    accepted=(Minimum(name="chrome", major=109), Minimum(name="firefox", major=115)),
    known_browsers=(
        Released(name="chrome", version=(130,), on=date(2024, 10, 15), extended=False),
        Released(name="chrome", version=(157,), on=date(2026, 11, 3), extended=False),
        Released(name="firefox", version=(128,), on=date(2024, 7, 9), extended=False),
        Released(name="firefox", version=(153,), on=date(2025, 7, 21), extended=True),
        Released(name="safari", version=(27,), on=date(2026, 9, 14), extended=False),
        Released(name="safari", version=(27, 2), on=date(2026, 10, 26), extended=False),
    ),
    observed_on=date(2026, 11, 24),
)
YOUNG = replace(ASKS, recommended_age_days=180)


def installed(*browsers: tuple[str, int, bool | None]) -> Facts:
    return Facts(
        browsers=tuple(
            Browser(name=name, version=(major, 0) if major else (), default=default)  # type: ignore[arg-type]
            for name, major, default in browsers
        )
    )


ROWS = [
    Row("recent", installed(("chrome", 130, True)), ASKS, READY, None),
    Row("Chromium counts as Chrome", installed(("chromium", 109, None)), ASKS, READY, None),
    Row("Firefox ESR counts as Firefox", installed(("firefox_esr", 115, None)), ASKS, READY, None),
    Row("none", installed(), ASKS, BLOCKED, "no_browser"),
    Row("too old", installed(("chrome", 71, True), ("firefox", 64, False)), ASKS, BLOCKED, "browsers_too_old"),
    Row(
        "the default one too old",
        installed(("firefox", 64, True), ("chrome", 130, False)),
        ASKS,
        AT_RISK,
        "default_browser_too_old",
    ),
    Row("not in the profile", installed(("edge", 130, True)), ASKS, UNMEASURED, "browser_not_listed"),
    Row("version unknown", installed(("chrome", 0, True)), ASKS, UNMEASURED, "browser_not_listed"),
]
ROWS += [
    Row("old, and no age asked", installed(("chrome", 130, True)), ASKS, READY, None),
    Row("old", installed(("chrome", 130, True)), YOUNG, AT_RISK, "browser_not_updated"),
    Row(
        "the default one old",
        installed(("firefox", 128, True), ("chrome", 157, False)),
        YOUNG,
        AT_RISK,
        "browser_not_updated",
    ),
    Row("no default known, one young", installed(("firefox", 128, None), ("chrome", 157, None)), YOUNG, READY, None),
    Row("an ESR its maker maintains", installed(("firefox_esr", 153, True)), YOUNG, READY, None),
    Row("an ESR of before", installed(("firefox_esr", 128, True)), YOUNG, AT_RISK, "browser_not_updated"),
    Row("newer than the table", installed(("chrome", 160, True)), YOUNG, READY, None),
    Row("no day known", installed(("chrome", 130, True)), replace(YOUNG, observed_on=None), READY, None),
]
test_judge = judge_test(CHECK, ROWS)


def test_the_longest_version_of_the_table_says_the_day() -> None:
    asks = replace(ASKS, accepted=(Minimum(name="safari", major=11),))
    facts = Facts(browsers=(Browser(name="safari", version=(27, 2, 1), default=True),))
    assert "sorti le 26/10/2026" in CHECK.judge(facts, asks).evidence[0].sentence
