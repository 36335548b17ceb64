"""The tables of the platform's store, as SQLAlchemy Core describes them.

Times are seconds since 1970 in UTC. Documents are JSON. Numbers of rows are never used twice, so that
an address with one in it keeps its meaning. Migrations under ``migrations/`` make these tables; a test
compares the two.
"""

from __future__ import annotations

import sqlalchemy as sa

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = sa.MetaData(naming_convention=NAMING)

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Time = sa.Double()
Path = sa.Text().with_variant(
    sa.Text(collation="C"), "postgresql"
)  # an index finds what begins with it


def _number() -> sa.Column[int]:
    return sa.Column("id", Number, primary_key=True, autoincrement=True)


def _belongs_to(name: str, table: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(
        name, Number, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=nullable, index=True
    )


repository = sa.Table(
    "repository",
    metadata,
    _number(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("source", sa.Text, nullable=False, unique=True),  # the path or address it was added by
    sa.Column("folder", sa.Text, nullable=False),  # where git reads it on this machine
    sa.Column("default_branch", sa.Text, nullable=False),
    sa.Column("watched", sa.Boolean, nullable=False),
    sa.Column("trusted", sa.Boolean, nullable=False),
    sa.Column("added_at", Time, nullable=False),
    sa.Column("looked_at", Time),  # when its refs were last read
    sa.Column("trouble", sa.Text, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

change = sa.Table(
    "change",
    metadata,
    _number(),
    _belongs_to("repository_id", "repository"),
    sa.Column("key", sa.Text, nullable=False),  # what makes it the same change: a ref, a commit
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("updated_at", Time, nullable=False),
    # What the board asks of every change, kept here so that it needn't be looked for; written with what
    # they name. No foreign keys, as these would run in a circle.
    sa.Column("revision_id", Number),  # its newest revision
    sa.Column("run_id", Number),  # that one's newest run, NULL while it has none
    sa.UniqueConstraint("repository_id", "key"),
    sa.Index("ix_change_updated_at_id", "updated_at", "id"),
    sa.Index("ix_change_revision_id", "revision_id"),
    sa.Index("ix_change_run_id", "run_id"),
    sa.Index("ix_change_repository_id_updated_at_id", "repository_id", "updated_at", "id"),
    sqlite_autoincrement=True,
)

revision = sa.Table(
    "revision",
    metadata,
    _number(),
    _belongs_to("change_id", "change"),
    sa.Column("number", sa.Integer, nullable=False),  # 1 for a change's first
    sa.Column("base", sa.Text, nullable=False),  # commits
    sa.Column("head", sa.Text, nullable=False),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("nature", sa.Text, nullable=False),  # the one with the most lines, "" until it was read
    sa.Column("inert", sa.Boolean, nullable=False),
    sa.Column("size", sa.Text, nullable=False),
    sa.Column("risk", sa.Double),
    sa.Column("band", sa.Text, nullable=False),
    sa.Column("plan", sa.JSON),  # the report of a plan, as `fairlead plan --format json` prints it
    sa.UniqueConstraint("change_id", "number"),
    sqlite_autoincrement=True,
)

run = sa.Table(
    "run",
    metadata,
    _number(),
    _belongs_to("revision_id", "revision"),
    _belongs_to("repository_id", "repository"),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("attempt", sa.Integer, nullable=False),  # 0 while it has never been taken
    sa.Column("queued_at", Time, nullable=False),
    sa.Column("started_at", Time),  # of the latest attempt
    sa.Column("ended_at", Time),
    sa.Column("lease", sa.Text, nullable=False),  # what its holder has to show, "" for nobody
    sa.Column("lease_until", Time),
    sa.Column("worker", sa.Text, nullable=False),  # host and process, for people
    sa.Column("cancel_asked", sa.Boolean, nullable=False),
    sa.Column("superseded_by", Number, sa.ForeignKey("run.id", ondelete="SET NULL")),
    sa.Column("everything", sa.Boolean, nullable=False),  # all checks, not those of the plan alone
    sa.Column("because", sa.Text, nullable=False),  # why it ended as it did, where that needs saying
    sa.Column("fix", sa.Text, nullable=False),
    sa.Index("ix_run_state_repository_id_queued_at", "state", "repository_id", "queued_at"),
    sa.Index("ix_run_repository_id_started_at", "repository_id", "started_at"),
    sqlite_autoincrement=True,
)

check_run = sa.Table(
    "check_run",
    metadata,
    _number(),
    _belongs_to("run_id", "run"),
    sa.Column("check", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # waiting, running, then its outcome
    sa.Column("doing", sa.Text, nullable=False),
    sa.Column("started_at", Time),
    sa.Column("seconds", sa.Double),
    sa.Column("expected", sa.Double),  # seconds it took last time
    sa.Column("cached", sa.Boolean, nullable=False),
    sa.Column("new_findings", sa.Integer, nullable=False),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("tail", sa.Text, nullable=False),  # the end of what its tool printed
    sa.UniqueConstraint("run_id", "check"),
    sqlite_autoincrement=True,
)

verdict = sa.Table(
    "verdict",
    metadata,
    sa.Column(
        "run_id",
        Number,
        sa.ForeignKey("run.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    _belongs_to("revision_id", "revision"),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("decided_at", Time, nullable=False),
    sa.Column("seconds", sa.Double, nullable=False),
    sa.Column("report", sa.JSON, nullable=False),  # as `fairlead check --format json` prints it
)

finding = sa.Table(
    "finding",
    metadata,
    _number(),
    _belongs_to("run_id", "run"),
    sa.Column("check", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("fix", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False, index=True),
    sa.Column("new", sa.Boolean, nullable=False),
    sa.Column("blocking", sa.Boolean, nullable=False),
    sa.Column("apart", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

observation = sa.Table(
    "observation",
    metadata,
    _number(),
    sa.Column("metric", sa.Text, nullable=False),
    sa.Column("value", sa.Double, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("at", Time, nullable=False),
    _belongs_to("repository_id", "repository", nullable=True),
    _belongs_to("run_id", "run", nullable=True),
    sa.Column("nature", sa.Text, nullable=False),
    sa.Column("inert", sa.Boolean, nullable=False),
    sa.Column("check", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("condition", sa.Text, nullable=False),
    sa.Index("ix_observation_metric_at", "metric", "at"),
    sqlite_autoincrement=True,
)

event = sa.Table(
    "event",
    metadata,
    _number(),
    sa.Column("uuid", sa.Text, nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False, index=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("subject", Path, nullable=False, index=True),
    sa.Column("time", Time, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),  # what CDEvents says of the subject
    sa.Column("data", sa.JSON, nullable=False),
    sqlite_autoincrement=True,
)

token = sa.Table(
    "token",
    metadata,
    _number(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("scopes", sa.Text, nullable=False),  # parted by blanks
    sa.Column("created_at", Time, nullable=False),
    sa.Column("expires_at", Time),
    sa.Column("used_at", Time),
    sa.Column("revoked_at", Time),
    sqlite_autoincrement=True,
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # of the word in its browser's cookie
    _belongs_to("token_id", "token"),
    sa.Column("begun_at", Time, nullable=False),
)

secret = sa.Table(
    "secret",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
    sa.Column("made_at", Time, nullable=False),
)

answer = sa.Table(
    "answer",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # caller and Idempotency-Key
    sa.Column("request", sa.Text, nullable=False),  # what stands for the request that came with it
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("at", Time, nullable=False, index=True),
)
