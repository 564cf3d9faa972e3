"""PostgreSQL keeps the ids of workstations and of their keys in 16 bytes: text took 37 and 33, in each table and index.

Its tables that hold one are written anew, under a lock that lets nobody read or write them meanwhile.
"""

from collections.abc import Mapping
from typing import Final

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WORKSTATIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "workstation": ("id", "replaces"),
    "workstation_key": ("workstation_id",),
    "workstation_facts": ("workstation_id",),
    "verdict": ("workstation_id",),
    "finding": ("workstation_id",),
    "school_throughput": ("workstation_id",),
}
KEYS: Final[Mapping[str, tuple[str, ...]]] = {"workstation_key": ("key_id",), "set_aside": ("key_id",)}
"""Columns that hold an id, by table."""
REFERENCES: Final = (
    ("workstation_key", "workstation_id", "workstation", "id"),
    ("workstation_facts", "workstation_id", "workstation", "id"),
    ("set_aside", "key_id", "workstation_key", "key_id"),
)


def upgrade() -> None:
    """Apply."""
    _retype("uuid", "{0}::uuid", "{0}::uuid")


def downgrade() -> None:
    """Take back."""
    _retype("varchar", "{0}::text", "replace({0}::text, '-', '')")


def _retype(kind: str, workstation: str, key: str) -> None:
    """Give every column of ids another type; each table is written once."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, column, _, _ in REFERENCES:
        op.drop_constraint(f"{table}_{column}_fkey", table, type_="foreignkey")
    for table in sorted(WORKSTATIONS.keys() | KEYS.keys()):
        columns = [(name, workstation) for name in WORKSTATIONS.get(table, ())]
        columns += [(name, key) for name in KEYS.get(table, ())]
        changes = (f"ALTER {name} TYPE {kind} USING {read.format(name)}" for name, read in columns)
        op.execute(f"ALTER TABLE {table} {', '.join(changes)}")
    for table, column, to, name in REFERENCES:
        op.create_foreign_key(f"{table}_{column}_fkey", table, to, [column], [name])
    for table in sorted(WORKSTATIONS.keys() | KEYS.keys()):
        op.execute(f"ANALYZE {table}")  # what was known of a column is lost with its type
