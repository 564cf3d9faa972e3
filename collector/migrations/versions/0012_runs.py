"""A publication tells its pace by the run under way: when it began, and from how many schools."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("generation", sa.Column("ran_at", sa.BigInteger(), nullable=True))
    op.add_column("generation", sa.Column("ran_from", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take back."""
    op.drop_column("generation", "ran_from")
    op.drop_column("generation", "ran_at")
