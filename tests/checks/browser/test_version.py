from checks.answers.browser import Browser
from checks.browser.version import CHECK, Facts, Minimum, Requirement
from tests.checks.judge_table import AT_RISK, BLOCKED, READY, UNMEASURED, Row, judge_test

ASKS = Requirement(accepted=(Minimum(name="chrome", major=109), Minimum(name="firefox", major=115)))


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
test_judge = judge_test(CHECK, ROWS)
