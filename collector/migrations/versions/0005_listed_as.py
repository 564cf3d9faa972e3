"""What schools are listed and searched by."""

import sqlalchemy as sa
from alembic import op

from collector.names import listed_as

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SCHOOL = sa.table("school", *(sa.column(name, sa.String()) for name in ("uai", "name", "commune_name", "listed_as")))


def upgrade() -> None:
    """Apply."""
    ordered = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.add_column(sa.Column("listed_as", ordered, nullable=False, server_default=""))
    connection = op.get_bind()
    schools = [] if op.get_context().as_sql else connection.execute(sa.select(_SCHOOL)).all()
    for uai, name, commune, _ in schools:
        kept = sa.update(_SCHOOL).where(_SCHOOL.c.uai == uai).values(listed_as=listed_as(commune, name, uai))
        connection.execute(kept)
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.alter_column("listed_as", server_default=None)
        batch_op.create_index(batch_op.f("ix_school_listed_as"), ["listed_as"], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_listed_as"))
        batch_op.drop_column("listed_as")
