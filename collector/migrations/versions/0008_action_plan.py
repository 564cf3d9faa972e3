"""Contacts of actors, and requests to measure again."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("territory", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_contact_territory", "contact", ["territory"], unique=False)
    op.create_table(
        "rerun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rerun_uai", "rerun", ["uai"], unique=False)
    op.create_index("ix_rerun_asked_at", "rerun", ["asked_at"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_rerun_asked_at", table_name="rerun")
    op.drop_index("ix_rerun_uai", table_name="rerun")
    op.drop_table("rerun")
    op.drop_index("ix_contact_territory", table_name="contact")
    op.drop_table("contact")
