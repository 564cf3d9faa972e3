"""Until when does each release of each system get security updates?

A profile's own rows go before these. Systems whose makers publish no day (macOS, PrimTux) have no row: the check then
says that it does not know, and a profile may say it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from checks.system.release import Support

_HOME_AND_PRO: Final = ("home", "pro", "pro_education")
_SCHOOL: Final = ("education", "enterprise")
_WINDOWS_READ_ON: Final = date(2026, 11, 25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where rows come from."""

    source: str
    read_on: date


ENDOFLIFE: Final = Source(source="https://endoflife.date/windows", read_on=date(2026, 8, 22))
ENDOFLIFE_OLD: Final = Source(
    source="endoflife-date/endoflife.date, products/windows.md @ 083037b", read_on=_WINDOWS_READ_ON
)
LIFECYCLE: Final = Source(
    source="altrhombus/DataForGeeks, content/ms/mswin/lifecycle-client.json @ 012da07 (les pages de cycle de vie de "
    "Microsoft ; ses dates sont le lendemain du dernier jour)",
    read_on=_WINDOWS_READ_ON,
)
LTSC: Final = Source(
    source="https://github.com/Atliso-Dev/win11-eos-audit/releases (les dates de publication de Microsoft)",
    read_on=_WINDOWS_READ_ON,
)
CONSUMER_ESU: Final = Source(
    source="https://woshub.com/get-windows-10-security-updates-after-eol (ESU grand public : 13/10/2026)",
    read_on=_WINDOWS_READ_ON,
)
DISTRO_INFO: Final = Source(
    source="Debian, paquet distro-info-data 0.58+deb12u7 (debian.csv : eol-lts ; ubuntu.csv : eol, eol-esm)",
    read_on=date(2026, 11, 25),
)


def _windows(name: str, build: int, ends: str, editions: tuple[str, ...] = (), esu: str = "") -> Support:
    major: Literal[6, 10] = 6 if build < 10_000 else 10
    return Support(
        name=f"Windows {name}",
        family="windows",
        version=(major,),
        build=build,
        editions=editions,
        ends_on=date.fromisoformat(ends),
        extended_ends_on=date.fromisoformat(esu) if esu else None,
    )


def _both(name: str, build: int, home_and_pro: str, school: str) -> tuple[Support, ...]:
    return (
        _windows(name, build, home_and_pro, _HOME_AND_PRO),
        _windows(f"{name} Éducation", build, school, _SCHOOL),
    )


def _linux(distribution: str, version: tuple[int, ...], ends: str, extended: str = "") -> Support:
    shown = f"{version[0]}.{version[1]:02d}" if len(version) > 1 else str(version[0])
    return Support(
        name=f"{distribution.capitalize()} {shown}",
        family="linux",
        distribution=distribution,
        version=version,
        ends_on=date.fromisoformat(ends),
        extended_ends_on=date.fromisoformat(extended) if extended else None,
    )


TABLE: Final[tuple[tuple[Source, tuple[Support, ...]], ...]] = (
    (
        ENDOFLIFE_OLD,
        (
            _windows("7", 7601, "2020-01-14"),
            _windows("8.1", 9600, "2023-01-10"),
            *_both("10 1809", 17763, "2020-11-10", "2021-05-11"),
            *_both("10 1909", 18363, "2021-05-11", "2022-05-10"),
            _windows("10 2004", 19041, "2021-12-14"),
            *_both("10 20H2", 19042, "2022-05-10", "2023-05-09"),
            _windows("10 21H1", 19043, "2022-12-13"),
            *_both("10 21H2", 19044, "2023-06-13", "2024-06-11"),
            *_both("11 21H2", 22000, "2023-10-10", "2024-10-08"),
        ),
    ),
    (LIFECYCLE, (*_both("11 22H2", 22621, "2024-10-08", "2025-10-14"),)),
    (LIFECYCLE, (_windows("11 23H2", 22631, "2025-11-11", _HOME_AND_PRO),)),
    (CONSUMER_ESU, (_windows("10 22H2 Famille", 19045, "2025-10-14", ("home",), "2026-10-13"),)),
    (
        ENDOFLIFE,
        (
            _windows("10 22H2", 19045, "2025-10-14", ("pro", "pro_education", *_SCHOOL), "2028-10-10"),
            _windows("11 23H2 Éducation", 22631, "2026-11-10", _SCHOOL),
            *_both("11 24H2", 26100, "2026-10-13", "2027-10-12"),
            *_both("11 25H2", 26200, "2027-10-12", "2028-10-10"),
            *_both("11 26H1", 28000, "2028-03-14", "2029-03-13"),
        ),
    ),
    (
        LTSC,
        (
            _windows("10 LTSB 2016", 14393, "2026-10-13", ("enterprise_ltsc",)),
            _windows("10 LTSC 2019", 17763, "2029-01-09", ("enterprise_ltsc",)),
            _windows("10 LTSC 2021", 19044, "2027-01-12", ("enterprise_ltsc",)),
            _windows("11 26H2", 26300, "2028-10-10", _HOME_AND_PRO),
        ),
    ),
    (
        DISTRO_INFO,
        (
            _linux("debian", (10,), "2024-06-30"),
            _linux("debian", (11,), "2026-08-31"),
            _linux("debian", (12,), "2028-06-30"),
            _linux("debian", (13,), "2030-06-30"),
            _linux("ubuntu", (18, 4), "2023-05-31", "2028-04-26"),
            _linux("ubuntu", (20, 4), "2025-05-29", "2030-04-23"),
            _linux("ubuntu", (22, 4), "2027-06-01", "2032-04-21"),
            _linux("ubuntu", (24, 4), "2029-05-31", "2034-04-25"),
            _linux("ubuntu", (24, 10), "2025-07-10"),
            _linux("ubuntu", (25, 4), "2026-01-15"),
            _linux("ubuntu", (25, 10), "2026-07-09"),
            _linux("ubuntu", (26, 4), "2031-05-29", "2036-04-23"),
            _linux("ubuntu", (26, 10), "2027-07-15"),
        ),
    ),
)
"""Rows by source; the first row that covers a release decides."""

SYSTEMS: Final[tuple[Support, ...]] = tuple(row for _, rows in TABLE for row in rows)
"""Every row, in the order of the table."""
