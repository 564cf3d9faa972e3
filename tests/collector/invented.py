"""Which invented schools do tests put in a store?"""

from pathlib import Path

from sqlmodel import Session, func, select

from collector import sample
from collector.directory import Row
from collector.store.engine import Store
from collector.store.school_import import Tally, import_schools
from collector.store.schools import territory_filter
from collector.tables import School
from collector.uai import check_letter

NOW = 1_795_000_000
SAMPLE = Path(sample.__file__).parent


def uai(number: int) -> str:
    return f"{number:07d}{check_letter(f'{number:07d}')}"


def row(number: int, **changed: object) -> Row:
    values: dict[str, object] = {
        "line": 2,
        "uai": uai(number),
        "name": "Ecole",
        "commune_code": "31555",
        "commune_name": "Toulouse",
        "departement_code": "031",
        "departement_name": "Haute-Garonne",
        "academie_code": "16",
        "academie_name": "Toulouse",
        "pupils": 90,
    }
    return Row(**(values | changed))  # type: ignore[arg-type]


def write(store: Store, *rows: Row) -> Tally:
    return store.write(lambda session: import_schools(session, rows, NOW))


def counted(session: Session, territory: str) -> int:
    return session.exec(select(func.count()).select_from(School).where(*territory_filter(territory))).one()
