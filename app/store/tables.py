"""The tables. Everything hangs on a repository: deleted with it, renamed with it; but what says that it was deleted.

Their names begin with ``quartet_``, so that they can live in a database with others. What a review says is kept as JSON
in one column: it is read as a whole, and nobody searches in it. A change here needs a migration
(``app/store/migrations/versions``); a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text

from llm_runtime.database.columns import Data, Dollars, Moment, Words

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _repository(*, primary_key: bool = False, nullable: bool = False) -> Column[str]:
    return Column(
        "repository",
        Text,
        ForeignKey("quartet_repositories.name", ondelete="CASCADE", onupdate="CASCADE"),
        primary_key=primary_key,
        nullable=nullable,
    )


repositories = Table(
    "quartet_repositories",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("installation", BigInteger, index=True),
    Column("installed_at", Moment),
    Column("history_read_at", Moment),
)

deliveries = Table(
    "quartet_deliveries",
    METADATA,
    Column("guid", Words, primary_key=True),
    Column("event", Words, nullable=False),
    Column("action", Words, nullable=False),
    _repository(nullable=True),
    Column("number", BigInteger),
    Column("installation", BigInteger, index=True),
    Column("received_at", Moment, nullable=False, index=True),
    Column("handled_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Words, nullable=False),
    Index(None, "repository"),
)

reviews = Table(
    "quartet_reviews",
    METADATA,
    Column("id", Text, primary_key=True),
    _repository(),
    Column("number", BigInteger, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("installation", BigInteger, nullable=False),
    Column("head", Words, nullable=False),
    Column("base", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("state", Text, nullable=False),
    Column("conclusion", Words, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("cost_usd", Dollars),
    Column("coverage", Data),
    Column("gaps", Data, nullable=False),
    Column("note", Words, nullable=False),
    Column("check_run", BigInteger),
    Column("github_review", BigInteger),
    Column("publishing", Text),
    Column("body_digest", Text, nullable=False),
    Index(None, "repository", "number", "ordinal"),
)

answers = Table(
    "quartet_answers",
    METADATA,
    Column("id", Text, primary_key=True),
    _repository(),
    Column("number", BigInteger, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("reviewer_key", Words, nullable=False),
    Column("answered_at", Moment, nullable=False, index=True),
    Column("findings", Data, nullable=False),
    Index(None, "repository", "number", "ordinal"),
)

answered_hunks = Table(
    "quartet_answered_hunks",
    METADATA,
    _repository(primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("reviewer_key", Words, primary_key=True),
    Column("hunk", Words, primary_key=True),
    Column("answer", Text, ForeignKey("quartet_answers.id", ondelete="CASCADE"), nullable=False, index=True),
)

findings = Table(
    "quartet_findings",
    METADATA,
    _repository(primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("review", Text, nullable=False),
    Column("head", Words, nullable=False),
    Column("content", Data, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("told_at", Moment),
    Column("fixed_at", Moment),
    Column("comment", BigInteger),
    Column("reviewer", Words, nullable=False),
    Column("rule", Words, nullable=False),
    Column("folder", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("told_in", Text),
    Index(None, "repository", "id"),
    Index(None, "told_at"),
)

dispositions = Table(
    "quartet_dispositions",
    METADATA,
    _repository(primary_key=True),
    Column("finding", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Words, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("title", Words, nullable=False),
)

pull_times = Table(
    "quartet_pull_times",
    METADATA,
    _repository(primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("opened_at", Moment, index=True),
    Column("first_review_at", Moment),
    Column("first_review_by", Text),
    Column("merged_at", Moment),
    Column("closed_at", Moment),
)

pauses = Table(
    "quartet_pauses",
    METADATA,
    _repository(primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("by", Words, nullable=False),
    Column("at", Moment, nullable=False),
)

gone = Table(
    "quartet_gone",
    METADATA,
    Column("installation", BigInteger, primary_key=True, autoincrement=False),
    Column("repository_digest", Text, primary_key=True),
    Column("gone_at", Moment, nullable=False, index=True),
)
"""Whose data was deleted: an installation's all (digest ``""``), or that of one of its repositories. So what comes late
is known to be nobody's; no name is kept for it."""

replies = Table(
    "quartet_replies",
    METADATA,
    _repository(primary_key=True),
    Column("comment", BigInteger, primary_key=True),
    Column("claimed_at", Moment, nullable=False),
)
