"""The tables of the regime, and the further events of a finding's life.

Revision: 0002
"""

import sqlalchemy as sa

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RUNNING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
EVENTS = (
    "found",
    "confirmed",
    "rectified",
    "recurred",
    "revoked",
    "reminded",
    "noticed",
    "circulated",
    "claimed",
    "not_mended",
    "disputed",
    "dispute_rejected",
    "waived",
    "waiver_ended",
    "noted",
)
OF_SCAN = "kind IN ('found', 'rectified', 'recurred', 'not_mended')"


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _more_events() -> None:
    """SQLite can change no CHECK: the batch copies the table, PostgreSQL alters it."""
    op.drop_index("uq_event_of_scan", table_name="event")
    allowed = sa.column("kind").in_(EVENTS)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_event_kind"), "event", type_="check")
        op.create_check_constraint(op.f("ck_event_kind"), "event", allowed)
    else:
        with op.batch_alter_table("event", recreate="always") as batch:
            batch.create_check_constraint(batch.f("ck_event_kind"), allowed)
    op.create_index(
        "uq_event_of_scan",
        "event",
        ["finding_id", "scan_id", "kind"],
        unique=True,
        sqlite_where=sa.text(OF_SCAN),
        postgresql_where=sa.text(OF_SCAN),
    )


def upgrade() -> None:
    _more_events()
    op.create_table(
        "circular",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circular")),
        sa.UniqueConstraint("number", name=op.f("uq_circular_number")),
    )
    op.create_table(
        "inspection",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("source", "digest", name=op.f("uq_inspection_source_digest")),
    )
    op.create_table(
        "message",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "state", _choice("state", "queued", "sent", "failed", "withdrawn"), nullable=False
        ),
        sa.Column("next_try_at", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("key", name=op.f("uq_message_key")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_message_state_next_try_at"), ["state", "next_try_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_message_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "move",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("old_url", sa.Text(), nullable=False),
        sa.Column("new_url", sa.Text(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move")),
    )
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_move_site_id"), ["site_id"], unique=False)

    op.create_table(
        "probe",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column(
            "outcome",
            _choice(
                "outcome",
                "ok",
                "dns",
                "connect",
                "tls",
                "timeout",
                "status",
                "wrong_title",
                "hijacked",
                "unverified",
            ),
            nullable=False,
        ),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("certificate_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_probe")),
        sa.UniqueConstraint("site_id", "page", "at", name=op.f("uq_probe_site_id_page_at")),
    )
    with op.batch_alter_table("probe", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_probe_at"), ["at"], unique=False)

    op.create_table(
        "waiver",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("duty", sa.String(length=200), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
    )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiver_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "message_attempt",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_attempt_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_attempt")),
    )
    with op.batch_alter_table("message_attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_message_attempt_message_id"), ["message_id"], unique=False
        )

    op.create_table(
        "slot",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column(
            "state",
            _choice("state", "due", "running", "done", "partial", "failed", "missed"),
            nullable=False,
        ),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("scan_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_slot_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("kind", "slot", "site_id", name=op.f("uq_slot_kind_slot_site_id")),
    )
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "waiver_event",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("waiver_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("scan_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_waiver_event_scan_id")),
        sa.ForeignKeyConstraint(
            ["waiver_id"], ["waiver.id"], name=op.f("fk_waiver_event_waiver_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver_event")),
    )
    with op.batch_alter_table("waiver_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiver_event_waiver_id"), ["waiver_id"], unique=False)

    op.create_table(
        "inspection_row",
        sa.Column("inspection_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet", sa.String(length=100), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.Column("site_id", sa.String(length=40), nullable=True),
        sa.Column("column_key", sa.String(length=200), nullable=True),
        sa.Column("rule_id", sa.String(length=60), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=True),
        sa.Column("finding_id", sa.BigInteger(), nullable=True),
        sa.Column("match", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_inspection_row_finding_id")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name=op.f("fk_inspection_row_inspection_id")
        ),
        sa.PrimaryKeyConstraint("inspection_id", "sheet", "row", name=op.f("pk_inspection_row")),
    )
    with op.batch_alter_table("inspection_row", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspection_row_finding_id"), ["finding_id"], unique=False
        )

    op.create_table(
        "message_finding",
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_message_finding_finding_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_finding_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", "finding_id", name=op.f("pk_message_finding")),
    )
    with op.batch_alter_table("message_finding", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_message_finding_finding_id"), ["finding_id"], unique=False
        )

    op.create_table(
        "record",
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("snippet", sa.Text(), nullable=False),
        sa.Column("evidence", sa.String(length=64), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_record_finding_id")),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_record")),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
