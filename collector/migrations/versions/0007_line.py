"""What the collector sees around each service, and who may measure the line of a school."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("service_control") as table:
        table.add_column(sa.Column("hosts", sa.String(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("websocket", sa.String(), nullable=True))
        table.add_column(sa.Column("plain_target", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "line_lease",
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("workstation_id", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("left_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["uai"], ["school.uai"]),
        sa.PrimaryKeyConstraint("uai"),
    )
    op.create_index("ix_line_lease_secret_sha256", "line_lease", ["secret_sha256"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("line_lease")
    with op.batch_alter_table("service_control") as table:
        for name in ("hosts", "websocket", "plain_target"):
            table.drop_column(name)
