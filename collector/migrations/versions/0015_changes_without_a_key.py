"""PostgreSQL keeps no index of the numbers of changes: they tell in what order changes came, and nothing looks one up.

It was a seventh of what a change weighs, and a tree more to write in for each.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("transition_pkey", "transition")


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_primary_key("transition_pkey", "transition", ["id"])
