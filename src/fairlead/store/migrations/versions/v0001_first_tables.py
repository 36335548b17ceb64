"""The first tables: repositories, changes, revisions, runs, verdicts, events, tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Path = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "answer",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_at"), "answer", ["at"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", Number, autoincrement=True, nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subject", Path, nullable=False),
        sa.Column("time", sa.Double(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("uuid", name=op.f("uq_event_uuid")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_event_subject"), "event", ["subject"], unique=False)
    op.create_index(op.f("ix_event_type"), "event", ["type"], unique=False)
    op.create_table(
        "repository",
        sa.Column("id", Number, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("default_branch", sa.Text(), nullable=False),
        sa.Column("watched", sa.Boolean(), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.Double(), nullable=False),
        sa.Column("looked_at", sa.Double(), nullable=True),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repository")),
        sa.UniqueConstraint("name", name=op.f("uq_repository_name")),
        sa.UniqueConstraint("source", name=op.f("uq_repository_source")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "token",
        sa.Column("id", Number, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=True),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_token_digest")),
        sa.UniqueConstraint("name", name=op.f("uq_token_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "change",
        sa.Column("id", Number, autoincrement=True, nullable=False),
        sa.Column("repository_id", Number, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("revision_id", Number, nullable=True),
        sa.Column("run_id", Number, nullable=True),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_change_repository_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
        sa.UniqueConstraint("repository_id", "key", name=op.f("uq_change_repository_id_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_change_repository_id"), "change", ["repository_id"], unique=False)
    op.create_index("ix_change_updated_at_id", "change", ["updated_at", "id"], unique=False)
    op.create_index("ix_change_revision_id", "change", ["revision_id"], unique=False)
    op.create_index("ix_change_run_id", "change", ["run_id"], unique=False)
    op.create_index(
        "ix_change_repository_id_updated_at_id",
        "change",
        ["repository_id", "updated_at", "id"],
        unique=False,
    )
    op.create_table(
        "revision",
        sa.Column("id", Number, autoincrement=True, nullable=False),
        sa.Column("change_id", Number, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("inert", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Text(), nullable=False),
        sa.Column("risk", sa.Double(), nullable=True),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["change.id"], name=op.f("fk_revision_change_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("change_id", "number", name=op.f("uq_revision_change_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_revision_change_id"), "revision", ["change_id"], unique=False)
    op.create_table(
        "run",
        sa.Column("id", Number, autoincrement=True, nullable=False),
        sa.Column("revision_id", Number, nullable=False),
        sa.Column("repository_id", Number, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.Double(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("lease", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("superseded_by", Number, nullable=True),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"], ["repository.id"], name=op.f("fk_run_repository_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_run_revision_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"], ["run.id"], name=op.f("fk_run_superseded_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_run_repository_id"), "run", ["repository_id"], unique=False)
    op.create_index(
        "ix_run_repository_id_started_at", "run", ["repository_id", "started_at"], unique=False
    )
    op.create_index(op.f("ix_run_revision_id"), "run", ["revision_id"], unique=False)
    op.create_index(op.f("ix_run_state"), "run", ["state"], unique=False)
    op.create_index(
        "ix_run_state_repository_id_queued_at",
        "run",
        ["state", "repository_id", "queued_at"],
        unique=False,
    )
    op.create_table(
        "check_run",
        sa.Column("id", Number, autoincrement=True, nullable=False),
        sa.Column("run_id", Number, nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("expected", sa.Double(), nullable=True),
        sa.Column("cached", sa.Boolean(), nullable=False),
        sa.Column("new_findings", sa.Integer(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("tail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name=op.f("fk_check_run_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_run")),
        sa.UniqueConstraint("run_id", "check", name=op.f("uq_check_run_run_id_check")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_check_run_run_id"), "check_run", ["run_id"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", Number, autoincrement=True, nullable=False),
        sa.Column("run_id", Number, nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("new", sa.Boolean(), nullable=False),
        sa.Column("blocking", sa.Boolean(), nullable=False),
        sa.Column("apart", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name=op.f("fk_finding_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_finding_fingerprint"), "finding", ["fingerprint"], unique=False)
    op.create_index(op.f("ix_finding_run_id"), "finding", ["run_id"], unique=False)
    op.create_table(
        "observation",
        sa.Column("id", Number, autoincrement=True, nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("repository_id", Number, nullable=True),
        sa.Column("run_id", Number, nullable=True),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("inert", sa.Boolean(), nullable=False),
        sa.Column("check", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"],
            ["repository.id"],
            name=op.f("fk_observation_repository_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name=op.f("fk_observation_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_observation_metric_at", "observation", ["metric", "at"], unique=False)
    op.create_index(
        op.f("ix_observation_repository_id"), "observation", ["repository_id"], unique=False
    )
    op.create_index(op.f("ix_observation_run_id"), "observation", ["run_id"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("run_id", Number, autoincrement=False, nullable=False),
        sa.Column("revision_id", Number, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_verdict_revision_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["run.id"], name=op.f("fk_verdict_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_verdict")),
    )
    op.create_index(op.f("ix_verdict_revision_id"), "verdict", ["revision_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f("ix_verdict_revision_id"), table_name="verdict")
    op.drop_table("verdict")
    op.drop_index(op.f("ix_observation_run_id"), table_name="observation")
    op.drop_index(op.f("ix_observation_repository_id"), table_name="observation")
    op.drop_index("ix_observation_metric_at", table_name="observation")
    op.drop_table("observation")
    op.drop_index(op.f("ix_finding_run_id"), table_name="finding")
    op.drop_index(op.f("ix_finding_fingerprint"), table_name="finding")
    op.drop_table("finding")
    op.drop_index(op.f("ix_check_run_run_id"), table_name="check_run")
    op.drop_table("check_run")
    op.drop_index("ix_run_state_repository_id_queued_at", table_name="run")
    op.drop_index(op.f("ix_run_state"), table_name="run")
    op.drop_index(op.f("ix_run_revision_id"), table_name="run")
    op.drop_index("ix_run_repository_id_started_at", table_name="run")
    op.drop_index(op.f("ix_run_repository_id"), table_name="run")
    op.drop_table("run")
    op.drop_index(op.f("ix_revision_change_id"), table_name="revision")
    op.drop_table("revision")
    op.drop_index("ix_change_repository_id_updated_at_id", table_name="change")
    op.drop_index("ix_change_run_id", table_name="change")
    op.drop_index("ix_change_revision_id", table_name="change")
    op.drop_index("ix_change_updated_at_id", table_name="change")
    op.drop_index(op.f("ix_change_repository_id"), table_name="change")
    op.drop_table("change")
    op.drop_table("token")
    op.drop_table("repository")
    op.drop_index(op.f("ix_event_type"), table_name="event")
    op.drop_index(op.f("ix_event_subject"), table_name="event")
    op.drop_table("event")
    op.drop_index(op.f("ix_answer_at"), table_name="answer")
    op.drop_table("answer")
