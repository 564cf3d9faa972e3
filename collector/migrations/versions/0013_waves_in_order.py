"""Schools of a wave are found in the order they are listed in."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_school_wave", table_name="school")
    op.create_index("ix_school_wave_listed_as", "school", ["wave", "listed_as"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_school_wave_listed_as", table_name="school")
    op.create_index("ix_school_wave", "school", ["wave"])
