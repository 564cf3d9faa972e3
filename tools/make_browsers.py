"""When was each version of each browser released? Makes `checks/known/browsers.py` from an npm package.

    python tools/make_browsers.py             # the latest @mdn/browser-compat-data (CC0)
    python tools/make_browsers.py 8.1.9       # this version

Needs `npm`, which fetches the package from the registry it is set up for.
"""

import json
import subprocess
import sys
import tarfile
import tempfile
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = "@mdn/browser-compat-data"
BROWSERS: Final = ("chrome", "edge", "firefox", "safari")
TARGET: Final = Path(__file__).parent.parent / "checks" / "known" / "browsers.py"
MODULE: Final = '''"""When was each version of each browser released?

Written by tools/make_browsers.py from {package} {version} (CC0-1.0): do not edit.
"""

from datetime import date
from typing import Final

from checks.browser.version import Released

READ_ON: Final = date.fromisoformat("{read_on}")
"""Day of the package's data."""

# version:released, "*" when it was an extended support release (ESR) on that day.
_TABLE: Final = {{
{rows}
}}


def _row(name: str, text: str) -> Released:
    version, _, day = text.rstrip("*").partition(":")
    numbers = tuple(int(part) for part in version.split("."))
    return Released(name=name, version=numbers, on=date.fromisoformat(day), extended=text.endswith("*"))


BROWSERS: Final = tuple(_row(name, text) for name, table in _TABLE.items() for text in table.split())
"""Oldest first, browser by browser."""
'''


def main(version: str = "latest") -> None:
    """Fetch the package and write the module."""
    with tempfile.TemporaryDirectory() as folder:
        npm = ["npm", "pack", "--silent", f"{PACKAGE}@{version}"]
        subprocess.run(npm, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
            file = package.extractfile("package/data.json")
            assert file is not None
            TARGET.write_text(module(json.load(file)), encoding="utf-8")
    sys.stderr.write(f"{TARGET.name}: {TARGET.stat().st_size} bytes\n")


def module(data: Mapping[str, Any]) -> str:
    """Lay the package's data out as a module of Python."""
    about = data["__meta"]
    blocks = []
    for name in BROWSERS:
        words = textwrap.wrap(" ".join(_released(data["browsers"][name]["releases"])), 110)
        blocks.append(f'    "{name}": """\n' + "\n".join(f"        {line}" for line in words) + '\n    """,')
    return MODULE.format(
        package=PACKAGE, version=about["version"], read_on=about["timestamp"][:10], rows="\n".join(blocks)
    )


def _released(releases: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return "version:day" for what was really released, oldest first."""
    numbered = sorted((tuple(int(part) for part in v.split(".")), v, about) for v, about in releases.items())
    return [
        f"{version}:{about['release_date']}{'*' if about['status'] == 'esr' else ''}"
        for _, version, about in numbered
        if about["status"] in ("current", "esr", "retired") and about.get("release_date")
    ]


if __name__ == "__main__":
    main(*sys.argv[1:])
