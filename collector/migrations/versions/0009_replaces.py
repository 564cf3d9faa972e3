"""A reinstalled workstation says by its sticker which one it was; a person confirms it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("workstation", sa.Column("replaces", sa.String(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("workstation", "replaces")
