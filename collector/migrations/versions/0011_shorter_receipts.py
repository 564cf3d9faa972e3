"""Receipts are kept in nine bytes, the last one no more beside its ring: ten keys fit in a page of PostgreSQL.

Nine of them leave room for a tenth, so that a report rewrites its key in its own page, touches no index, and the next
one takes that room again without waiting for a vacuum. Rings of before are not read any more (nothing was released): a
report sent again is merely taken in again.

On PostgreSQL changes are found by their school alone: it has some hundred a year, and its name is kept once for all of
them. SQLite keeps the date beside: without it, it reads every change to find those of an académie.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FILLED = 90
OFTEN = "autovacuum_vacuum_scale_factor"


def upgrade() -> None:
    """Apply."""
    _forget_rings()
    op.drop_column("workstation_key", "last_receipt")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_transition_uai_at", "transition")
        op.create_index("ix_transition_uai", "transition", ["uai"])
        op.execute(f"ALTER TABLE workstation_key SET (fillfactor = {FILLED})")
        op.execute(f"ALTER TABLE workstation_key RESET ({OFTEN})")


def downgrade() -> None:
    """Take back."""
    op.add_column("workstation_key", sa.Column("last_receipt", sa.String(), nullable=True))
    _forget_rings()
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_transition_uai", "transition")
        op.create_index("ix_transition_uai_at", "transition", ["uai", "at"])
        op.execute("ALTER TABLE workstation_key RESET (fillfactor)")
        op.execute(f"ALTER TABLE workstation_key SET ({OFTEN} = 0.05)")


def _forget_rings() -> None:
    keys = sa.table("workstation_key", sa.column("receipts", sa.LargeBinary()))
    op.execute(keys.update().values(receipts=b""))
