"""The dated tables that come with Préau: sourced, ordered, and made again alike."""

import runpy
from datetime import date
from pathlib import Path

from checks.answers.system import Release
from checks.known import browsers
from checks.known.systems import SYSTEMS, TABLE

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "make_browsers.py"))
PACKAGE = {
    "__meta": {"timestamp": "2026-11-12T14:10:29.391Z", "version": "8.1.9"},
    "browsers": {
        name: {
            "releases": {
                "10": {"release_date": "2026-10-01", "status": "current"},
                "9": {"release_date": "2026-09-01", "status": "retired"},
                "9.1": {"release_date": "2026-09-15", "status": "esr"},
                "11": {"release_date": "2026-12-01", "status": "beta"},
                "12": {"status": "planned"},
            }
        }
        for name in ("chrome", "edge", "firefox", "safari")
    },
}


def windows(build: int, edition: str) -> Release:
    return Release(
        family="windows",
        distribution="",
        version=(10, 0),
        build=build,
        edition=edition,  # type: ignore[arg-type]
        extended_support=None,
        bits=64,
    )


def test_every_row_has_a_source_and_the_day_it_was_read() -> None:
    assert all(len(source.source) > 10 and source.read_on <= date(2027, 12, 31) for source, _ in TABLE)
    assert sum(len(rows) for _, rows in TABLE) == len(SYSTEMS)


def test_windows_ends_on_tuesdays_as_microsoft_publishes_on_tuesdays() -> None:
    rows = [row for row in SYSTEMS if row.family == "windows"]
    ends = [day for row in rows for day in (row.ends_on, row.extended_ends_on) if day is not None]
    assert {day.weekday() for day in ends} == {1}


def test_extended_support_ends_after_support() -> None:
    assert all(row.extended_ends_on > row.ends_on for row in SYSTEMS if row.extended_ends_on)


def test_no_two_rows_cover_one_release_of_windows() -> None:
    builds = {row.build for row in SYSTEMS if row.family == "windows" and row.build and row.build >= 10_000}
    for build in builds:
        for edition in ("home", "pro", "pro_education", "education", "enterprise", "enterprise_ltsc"):
            covering = [row.name for row in SYSTEMS if row.covers(windows(build, edition))]
            assert len(covering) <= 1, covering


def test_systems_whose_makers_publish_no_day_are_not_in_the_table() -> None:
    assert not [row for row in SYSTEMS if row.family == "macos" or row.distribution == "primtux"]


def test_the_table_of_browsers_holds_what_schools_still_have() -> None:
    held = {(row.name, row.version): row for row in browsers.BROWSERS}
    assert held["chrome", (109,)].on == date(2023, 1, 10)
    assert held["firefox", (115,)].on == date(2023, 7, 4)
    assert [row.version for row in browsers.BROWSERS if row.extended]
    assert max(row.on for row in browsers.BROWSERS) <= browsers.READ_ON
    assert len({(row.name, row.version) for row in browsers.BROWSERS}) == len(browsers.BROWSERS)


def test_the_tool_keeps_what_was_released_oldest_first() -> None:
    module = TOOL["module"](PACKAGE)
    assert '"safari": """\n        9:2026-09-01 9.1:2026-09-15* 10:2026-10-01\n    """' in module
    assert "2026-12-01" not in module
    made: dict[str, object] = {}
    exec(compile(module, "browsers.py", "exec"), made)
    assert made["READ_ON"] == date(2026, 11, 12)
    assert len(made["BROWSERS"]) == 12  # type: ignore[arg-type]
