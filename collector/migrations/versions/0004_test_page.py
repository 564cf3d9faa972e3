"""Test page: the codes that open it, and what browsers could do."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "page_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["uai"], ["school.uai"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_sha256"),
    )
    op.create_index("ix_page_code_uai", "page_code", ["uai"])
    op.create_table(
        "page_test",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["uai"], ["school.uai"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_page_test_uai", "page_test", ["uai"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("page_test")
    op.drop_table("page_code")
