"""Inspections on demand: further facts of pages and scans, people's answers, what is allowed.

Revision: 0003
"""

import sqlalchemy as sa

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RUNNING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
MISSING = (
    "wall",
    "server",
    "network",
    "robots",
    "reader",
    "shape",
    "undated",
    "unproven",
    "evidence_gone",
    "not_captured",
    "not_reached",
)


def upgrade() -> None:
    with op.batch_alter_table("version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("made", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("index_number", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("text_key", sa.String(length=32), nullable=True))
        batch_op.add_column(
            sa.Column("parts", sa.Text(), nullable=False, server_default=sa.text("''"))
        )

    op.create_table(
        "extra",
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("subject_key", sa.String(length=200), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("fetched_at", INSTANT, nullable=False),
        sa.Column("evidence", sa.String(length=64), nullable=True),
        sa.Column(
            "reason_code",
            sa.Enum(
                *MISSING,
                name="extra_reason_code",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_extra_scan_id")),
        sa.PrimaryKeyConstraint("scan_id", "name", "subject_key", name=op.f("pk_extra")),
    )
    op.create_index(op.f("ix_extra_name_subject_key"), "extra", ["name", "subject_key"])

    op.create_table(
        "answer",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("standard", sa.String(length=40), nullable=False),
        sa.Column("condition", sa.String(length=100), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_standard_site_id"), "answer", ["standard", "site_id"])

    op.create_table(
        "allowed",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("rule_id", sa.String(length=60), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject_key", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowed")),
    )
    op.create_index(op.f("ix_allowed_rule_id"), "allowed", ["rule_id"])

    op.create_table(
        "media_update",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_update")),
        sa.UniqueConstraint(
            "account", "seen_on", "source", name=op.f("uq_media_update_account_seen_on_source")
        ),
    )
    op.create_index(op.f("ix_media_update_account"), "media_update", ["account"])


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
