"""Judgements by generation: verdicts, findings and counters beside compressed facts; receipts on their key.

Facts and reports of version 0001 are not carried over: nothing was released with it, and workstations send anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    for name in ("report", "fact", "finding", "school_cause", "school_state"):
        op.drop_table(name)
    _alter()
    _create_judgements()
    _create_history()
    # Schools that no profile serves are counted under number 0.
    op.execute(
        "INSERT INTO generation (id, profile_id, profile_version, state, is_default, started_at, schools, done, cursor)"
        " VALUES (0, '', '', 'current', false, 0, 0, 0, '')"
    )


def _alter() -> None:
    with op.batch_alter_table("profile_version") as batch_op:
        batch_op.drop_column("is_current")
        batch_op.drop_column("is_default")
    with op.batch_alter_table("workstation") as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(), nullable=False, server_default="active"))
        batch_op.add_column(sa.Column("egress", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("egress_at", sa.BigInteger(), nullable=True))
        for name in ("outcome", "profile_id", "profile_version", "observed_at"):
            batch_op.drop_column(name)
    with op.batch_alter_table("workstation_key") as batch_op:
        batch_op.add_column(sa.Column("receipts", sa.LargeBinary(), nullable=False, server_default=sa.text("''")))


def _create_judgements() -> None:
    op.create_table(
        "generation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile_id", sa.String(), nullable=False),
        sa.Column("profile_version", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("schools", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "workstation_facts",
        sa.Column("workstation_id", sa.String(), nullable=False),
        sa.Column("measured_at", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["workstation_id"], ["workstation.id"]),
        sa.PrimaryKeyConstraint("workstation_id"),
    )
    op.create_table(
        "verdict",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("workstation_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.Column("measured_at", sa.BigInteger(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("fresh_until", sa.Integer(), nullable=False),
        sa.Column("report_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("generation", "workstation_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "finding",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("workstation_id", sa.String(), nullable=False),
        sa.Column("found", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("generation", "workstation_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "school_state",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ready", sa.Integer(), nullable=False),
        sa.Column("at_risk", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("unmeasured", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.Column("away", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("generation", "uai"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "school_cause",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("unmeasured", sa.Integer(), nullable=False),
        sa.Column("at_risk", sa.Integer(), nullable=False),
        sa.Column("of_site", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("generation", "uai", "check_id", "cause"),
        sqlite_with_rowid=False,
    )


def _create_history() -> None:
    op.create_table(
        "school_throughput",
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("workstation_id", sa.String(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("down_kbps", sa.Integer(), nullable=False),
        sa.Column("up_kbps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("uai"),
    )
    op.create_table(
        "transition",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("workstations", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_transition_at", "transition", ["at"])
    op.create_index("ix_transition_uai_at", "transition", ["uai", "at"])
    op.create_table(
        "territory_day",
        sa.Column("territory", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("schools", sa.Integer(), nullable=False),
        sa.Column("ready", sa.Integer(), nullable=False),
        sa.Column("at_risk", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("unmeasured", sa.Integer(), nullable=False),
        sa.Column("measured", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("territory", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mark",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    """Take back."""
    for name in (
        "mark",
        "territory_day",
        "transition",
        "school_throughput",
        "school_cause",
        "school_state",
        "finding",
        "verdict",
        "workstation_facts",
        "generation",
    ):
        op.drop_table(name)
    with op.batch_alter_table("workstation_key") as batch_op:
        batch_op.drop_column("receipts")
    with op.batch_alter_table("workstation") as batch_op:
        for name in ("state", "egress", "egress_at"):
            batch_op.drop_column(name)
        for name in ("outcome", "profile_id", "profile_version"):
            batch_op.add_column(sa.Column(name, sa.String(), nullable=True))
        batch_op.add_column(sa.Column("observed_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("profile_version") as batch_op:
        batch_op.add_column(sa.Column("is_current", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.false()))
    _create_before()


def _create_before() -> None:
    op.create_table(
        "report",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("last_receipt", sa.String(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["workstation_key.key_id"],
        ),
        sa.PrimaryKeyConstraint("key_id", "report_id"),
    )

    op.create_table(
        "fact",
        sa.Column("workstation_id", sa.String(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workstation_id"],
            ["workstation.id"],
        ),
        sa.PrimaryKeyConstraint("workstation_id", "check_id"),
    )

    op.create_table(
        "finding",
        sa.Column("workstation_id", sa.String(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("because_of", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workstation_id"],
            ["workstation.id"],
        ),
        sa.PrimaryKeyConstraint("workstation_id", "check_id", "cause", "subject"),
    )

    op.create_table(
        "school_state",
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("profile_id", sa.String(), nullable=False),
        sa.Column("profile_version", sa.String(), nullable=False),
        sa.Column("measured", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("ready", sa.Integer(), nullable=False),
        sa.Column("at_risk", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Integer(), nullable=False),
        sa.Column("unmeasured", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("next_change_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["uai"],
            ["school.uai"],
        ),
        sa.PrimaryKeyConstraint("uai"),
    )

    op.create_table(
        "school_cause",
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("workstations", sa.Integer(), nullable=False),
        sa.Column("of_site", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["uai"],
            ["school.uai"],
        ),
        sa.PrimaryKeyConstraint("uai", "check_id", "cause"),
    )
    op.create_index("ix_school_state_next_change_at", "school_state", ["next_change_at"])
    op.create_index("ix_school_state_outcome", "school_state", ["outcome"])
