"""The first tables.

Revision: 0001
"""

import sqlalchemy as sa

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

RUNNING = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "block",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("links", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
        sa.UniqueConstraint("site_id", "digest", name=op.f("uq_block_site_id_digest")),
    )
    op.create_table(
        "block_link",
        sa.Column("block_id", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("block_id", "target_id", name=op.f("pk_block_link")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_block_link_target_id"), "block_link", ["target_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("url_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("revisit", sa.Boolean(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("digest", "url_key", name=op.f("uq_evidence_digest_url_key")),
    )
    op.create_index(op.f("ix_evidence_file"), "evidence", ["file"], unique=False)
    op.create_index(op.f("ix_evidence_site_id"), "evidence", ["site_id"], unique=False)
    op.create_table(
        "scan",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column(
            "kind",
            _choice(
                "kind", "spot", "weekly", "monthly", "bimonthly", "quarterly", "annual", "recheck"
            ),
            nullable=False,
        ),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column(
            "state",
            _choice("state", "running", "complete", "partial", "failed", "interrupted"),
            nullable=False,
        ),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("config_digest", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("window_ended", sa.Boolean(), nullable=False),
        sa.Column("note", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
    )
    op.create_index(op.f("ix_scan_as_of"), "scan", ["as_of"], unique=False)
    op.create_table(
        "subject",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "kind", _choice("kind", "page", "column", "tree", "home", "site"), nullable=False
        ),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("first_seen", INSTANT, nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("last_scan", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_subject_kind_key")),
    )
    op.create_index(op.f("ix_subject_site_id_kind"), "subject", ["site_id", "kind"], unique=False)
    op.create_table(
        "target",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", _choice("kind", "page", "file", "image"), nullable=False),
        sa.Column("checked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    op.create_table(
        "alias",
        sa.Column("url_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_alias_subject_id")),
        sa.PrimaryKeyConstraint("url_key", name=op.f("pk_alias")),
    )
    op.create_index(op.f("ix_alias_subject_id"), "alias", ["subject_id"], unique=False)
    op.create_table(
        "coverage",
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("applicable", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("not_reached", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_coverage_scan_id")),
        sa.PrimaryKeyConstraint("scan_id", "unit_id", name=op.f("pk_coverage")),
    )
    op.create_table(
        "finding",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("rule_id", sa.String(length=60), nullable=False),
        sa.Column("scope", _choice("scope", "page", "column", "unit", "site"), nullable=False),
        sa.Column("subject_key", sa.String(length=200), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("first_scan", sa.BigInteger(), nullable=True),
        sa.Column("first_seen", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["first_scan"], ["scan.id"], name=op.f("fk_finding_first_scan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_finding_fingerprint")),
    )
    op.create_table(
        "link_check",
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", _choice("state", "alive", "dead", "unverified"), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_link_check_scan_id")),
        sa.PrimaryKeyConstraint("scan_id", "target_id", name=op.f("pk_link_check")),
    )
    op.create_index(op.f("ix_link_check_target_id"), "link_check", ["target_id"], unique=False)
    op.create_table(
        "scorecard",
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("standard", sa.String(length=40), nullable=False),
        sa.Column("standard_digest", sa.String(length=64), nullable=False),
        sa.Column("rules_digest", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("score_high", sa.Integer(), nullable=True),
        sa.Column("score_low", sa.Integer(), nullable=True),
        sa.Column("coverage", sa.Integer(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_scorecard_scan_id")),
        sa.PrimaryKeyConstraint(
            "scan_id",
            "unit_id",
            "standard",
            "standard_digest",
            "rules_digest",
            name=op.f("pk_scorecard"),
        ),
    )
    op.create_table(
        "site_run",
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            _choice(
                "state", "pending", "crawling", "complete", "window", "unreached", "interrupted"
            ),
            nullable=False,
        ),
        sa.Column(
            "reason_code",
            _choice(
                "reason_code",
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
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("not_modified", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("retried_ok", sa.Integer(), nullable=False),
        sa.Column("left_over", sa.Integer(), nullable=False),
        sa.Column("pages_stored", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("evidence_bytes", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_site_run_scan_id")),
        sa.PrimaryKeyConstraint("scan_id", "site_id", name=op.f("pk_site_run")),
    )
    op.create_table(
        "tally",
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("rule_id", sa.String(length=60), nullable=False),
        sa.Column("fine", sa.Integer(), nullable=False),
        sa.Column("finding", sa.Integer(), nullable=False),
        sa.Column("suspected", sa.Integer(), nullable=False),
        sa.Column("not_applicable", sa.Integer(), nullable=False),
        sa.Column("unverified", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_tally_scan_id")),
        sa.PrimaryKeyConstraint("scan_id", "unit_id", "site_id", "rule_id", name=op.f("pk_tally")),
    )
    op.create_table(
        "verdict",
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.String(length=60), nullable=False),
        sa.Column("scope", _choice("scope", "page", "column", "unit", "site"), nullable=False),
        sa.Column("subject_key", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            _choice("kind", "suspected", "not_applicable", "unverified", "remark"),
            nullable=False,
        ),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column(
            "code",
            _choice(
                "code",
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
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_verdict_scan_id")),
        sa.PrimaryKeyConstraint(
            "scan_id", "rule_id", "scope", "subject_key", "kind", name=op.f("pk_verdict")
        ),
    )
    op.create_table(
        "version",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reader", sa.String(length=100), nullable=False),
        sa.Column(
            "kind", _choice("kind", "article", "entry", "list", "home", "other"), nullable=True
        ),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("shape", sa.Text(), nullable=True),
        sa.Column("blocks", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_version_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version")),
        sa.UniqueConstraint(
            "subject_id", "digest", "reader", name=op.f("uq_version_subject_id_digest_reader")
        ),
    )
    op.create_table(
        "event",
        sa.Column("id", RUNNING, nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            _choice("kind", "found", "confirmed", "rectified", "recurred", "revoked"),
            nullable=False,
        ),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("scan_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_event_finding_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_event_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_finding_id"), "event", ["finding_id"], unique=False)
    op.create_index(
        "uq_event_of_scan",
        "event",
        ["finding_id", "scan_id", "kind"],
        unique=True,
        sqlite_where=sa.text("kind IN ('found', 'rectified', 'recurred')"),
        postgresql_where=sa.text("kind IN ('found', 'rectified', 'recurred')"),
    )
    op.create_table(
        "observation",
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "outcome",
            _choice(
                "outcome", "fetched", "not_modified", "carried", "unverified", "absent", "delegated"
            ),
            nullable=False,
        ),
        sa.Column("version_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.Column("owner_id", sa.String(length=40), nullable=True),
        sa.Column("column_key", sa.String(length=200), nullable=True),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("fetched_at", INSTANT, nullable=True),
        sa.Column("unchanged_since", INSTANT, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("evidence", sa.String(length=64), nullable=True),
        sa.Column(
            "reason_code",
            _choice(
                "reason_code",
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
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("listed", sa.Text(), nullable=True),
        sa.Column("name_match", _choice("name_match", "exact", "variant"), nullable=True),
        sa.Column("found_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_observation_scan_id")),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_observation_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_observation_version_id")
        ),
        sa.PrimaryKeyConstraint("scan_id", "subject_id", name=op.f("pk_observation")),
    )
    op.create_index(op.f("ix_observation_subject_id"), "observation", ["subject_id"], unique=False)
    op.create_table(
        "page_hits",
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("rules_digest", sa.String(length=64), nullable=False),
        sa.Column("hits", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_page_hits_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "rules_digest", name=op.f("pk_page_hits")),
    )
    op.create_table(
        "sighting",
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.Column("suspected", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("snippet", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("subject_url", sa.Text(), nullable=True),
        sa.Column("evidence", sa.String(length=64), nullable=True),
        sa.Column("in_body", sa.Boolean(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_sighting_finding_id")
        ),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_sighting_scan_id")),
        sa.PrimaryKeyConstraint("scan_id", "finding_id", name=op.f("pk_sighting")),
    )
    op.create_index(op.f("ix_sighting_finding_id"), "sighting", ["finding_id"], unique=False)
    op.create_table(
        "version_link",
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["version.id"], name=op.f("fk_version_link_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "target_id", name=op.f("pk_version_link")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_version_link_target_id"), "version_link", ["target_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead")
