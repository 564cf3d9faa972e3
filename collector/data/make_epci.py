"""Which communes form which EPCI? Makes `epci.csv` from the npm package `@etalab/decoupage-administratif`.

    python -m collector.data.make_epci            # the latest package
    python -m collector.data.make_epci 6.0.0      # this version (one a year: see the package's README)

Needs `npm`, which fetches the package from the registry it is set up for.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from collector.data.npm import packed, text

PACKAGE: Final = "@etalab/decoupage-administratif"
TARGET: Final = Path(__file__).with_name("epci.csv")


def main(version: str = "latest") -> None:
    """Fetch the package and write `epci.csv` beside this file."""
    with packed(PACKAGE, version) as archive:
        about, communes, epci = (
            json.loads(text(archive, f"{name}.json")) for name in ("package", "data/communes", "data/epci")
        )
    lines = [*_header(about["version"]), "siren;nom;communes", *_rows(epci, _joined(communes))]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stderr.write(f"{TARGET.name}: {len(epci)} EPCI, {TARGET.stat().st_size} bytes\n")


def _header(version: str) -> list[str]:
    return [
        f"# EPCI à fiscalité propre et leurs communes, d'après {PACKAGE} {version}, lu le {datetime.now(UTC).date()}.",
        "# Sources : Code géographique (INSEE), liste des EPCI (DGCL). Données : Licence Ouverte ; code : MIT.",
        "# Codes INSEE ; trois signes seuls reprennent les deux premiers signes du code qui précède.",
        "# Avec les communes déléguées ou associées, les anciens codes, les arrondissements de Paris, Lyon, Marseille.",
    ]


def _joined(communes: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Codes that stand for (a part of) a present commune, by its code."""
    present = {one["code"] for one in communes if one["type"] == "commune-actuelle"}
    joined: dict[str, list[str]] = {code: [] for code in present}
    taken = set(present)
    for one in communes:
        home = one.get("chefLieu") or one.get("commune") or one["code"]
        for code in (one["code"], *one.get("anciensCodes", ())):
            if code not in taken and home in joined:
                taken.add(code)
                joined[home].append(code)
    return joined


def _rows(epci: Iterable[Mapping[str, Any]], joined: Mapping[str, list[str]]) -> Iterator[str]:
    for one in sorted(epci, key=lambda one: one["code"]):
        codes = sorted(code for member in one["membres"] for code in (member["code"], *joined[member["code"]]))
        short = (
            code[2:] if before[:2] == code[:2] else code for before, code in zip(["", *codes], codes, strict=False)
        )
        yield f"{one['code']};{' '.join(one['nom'].split()).replace(';', ',')};{' '.join(short)}"


if __name__ == "__main__":
    main(*sys.argv[1:])
