"""First schema: everything of `collector.tables`."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "profile_version",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("toml", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", "version"),
    )
    op.create_table(
        "school",
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("nature", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("commune_code", sa.String(), nullable=False),
        sa.Column("commune_name", sa.String(), nullable=False),
        sa.Column("departement_code", sa.String(), nullable=False),
        sa.Column("departement_name", sa.String(), nullable=False),
        sa.Column("academie_code", sa.String(), nullable=False),
        sa.Column("academie_name", sa.String(), nullable=False),
        sa.Column("circonscription_code", sa.String(), nullable=True),
        sa.Column("circonscription_name", sa.String(), nullable=True),
        sa.Column("epci_code", sa.String(), nullable=True),
        sa.Column("epci_name", sa.String(), nullable=True),
        sa.Column("pupils", sa.Integer(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("expected_workstations", sa.Integer(), nullable=True),
        sa.Column("wave", sa.String(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("profile_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("uai"),
    )
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_academie_code"), ["academie_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_school_circonscription_code"), ["circonscription_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_school_commune_code"), ["commune_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_school_departement_code"), ["departement_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_school_epci_code"), ["epci_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_school_wave"), ["wave"], unique=False)

    op.create_table(
        "service_control",
        sa.Column("profile_id", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("issuer_sha256", sa.String(), nullable=False),
        sa.Column("leaf_sha256", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("has_known_text", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("profile_id", "service"),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_sha256"),
    )
    op.create_table(
        "enrolment_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["uai"],
            ["school.uai"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_sha256"),
    )
    with op.batch_alter_table("enrolment_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrolment_code_uai"), ["uai"], unique=False)

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
    with op.batch_alter_table("school_state", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_state_next_change_at"), ["next_change_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_school_state_outcome"), ["outcome"], unique=False)

    op.create_table(
        "workstation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("profile_id", sa.String(), nullable=True),
        sa.Column("profile_version", sa.String(), nullable=True),
        sa.Column("observed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["uai"],
            ["school.uai"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("workstation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workstation_uai"), ["uai"], unique=False)

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
        "workstation_key",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("workstation_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=True),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_receipt", sa.String(), nullable=True),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["code_id"],
            ["enrolment_code.id"],
        ),
        sa.ForeignKeyConstraint(
            ["workstation_id"],
            ["workstation.id"],
        ),
        sa.PrimaryKeyConstraint("key_id"),
    )
    with op.batch_alter_table("workstation_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workstation_key_workstation_id"), ["workstation_id"], unique=False)

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


def downgrade() -> None:
    """Take back."""
    op.drop_table("report")
    with op.batch_alter_table("workstation_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workstation_key_workstation_id"))

    op.drop_table("workstation_key")
    op.drop_table("finding")
    op.drop_table("fact")
    with op.batch_alter_table("workstation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workstation_uai"))

    op.drop_table("workstation")
    with op.batch_alter_table("school_state", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_state_outcome"))
        batch_op.drop_index(batch_op.f("ix_school_state_next_change_at"))

    op.drop_table("school_state")
    op.drop_table("school_cause")
    with op.batch_alter_table("enrolment_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolment_code_uai"))

    op.drop_table("enrolment_code")
    op.drop_table("token")
    op.drop_table("service_control")
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_wave"))
        batch_op.drop_index(batch_op.f("ix_school_epci_code"))
        batch_op.drop_index(batch_op.f("ix_school_departement_code"))
        batch_op.drop_index(batch_op.f("ix_school_commune_code"))
        batch_op.drop_index(batch_op.f("ix_school_circonscription_code"))
        batch_op.drop_index(batch_op.f("ix_school_academie_code"))

    op.drop_table("school")
    op.drop_table("profile_version")
