"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INDICES = (
    ("quartet_repositories", "installation"),
    ("quartet_deliveries", "installation"),
    ("quartet_deliveries", "received_at"),
    ("quartet_deliveries", "repository"),
    ("quartet_reviews", "repository", "number", "ordinal"),
    ("quartet_answers", "answered_at"),
    ("quartet_answers", "repository", "number", "ordinal"),
    ("quartet_answered_hunks", "answer"),
    ("quartet_findings", "repository", "id"),
    ("quartet_calls", "repository", "number"),
)


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "quartet_repositories", _text("name"), _number("installation", null=True), _key("repositories", "name")
    )
    op.create_table(
        "quartet_deliveries",
        _text("guid"),
        _text("event"),
        _text("action"),
        _text("repository", null=True),
        _number("number", null=True),
        _number("installation", null=True),
        _moment("received_at"),
        _moment("handled_at"),
        _text("state"),
        _text("detail"),
        _key("deliveries", "guid"),
        _of_a_repository("deliveries"),
    )
    op.create_table(
        "quartet_reviews",
        _text("id"),
        _text("repository"),
        _number("number"),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        _number("installation"),
        *map(_text, ("head", "base", "reason", "state", "conclusion")),
        _moment("started_at"),
        _moment("ended_at", null=True),
        _text("cost_usd", null=True),
        _text("coverage", null=True),
        _text("gaps"),
        _text("note"),
        _number("check_run", null=True),
        _number("github_review", null=True),
        _text("publishing", null=True),
        _text("body_digest"),
        _key("reviews", "id"),
        _of_a_repository("reviews"),
    )
    op.create_table(
        "quartet_answers",
        _text("id"),
        _text("repository"),
        _number("number"),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        _text("reviewer_key"),
        _moment("answered_at"),
        _text("findings"),
        _key("answers", "id"),
        _of_a_repository("answers"),
    )
    op.create_table(
        "quartet_answered_hunks",
        _text("repository"),
        _number("number"),
        _text("reviewer_key"),
        _text("hunk"),
        _text("answer"),
        _key("answered_hunks", "repository", "number", "reviewer_key", "hunk"),
        _of_a_repository("answered_hunks"),
        sa.ForeignKeyConstraint(
            ["answer"], ["quartet_answers.id"], name="fk_quartet_answered_hunks_answer", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "quartet_findings",
        _text("repository"),
        _number("number"),
        *map(_text, ("id", "review", "head", "content")),
        _moment("first_seen_at"),
        _moment("told_at", null=True),
        _moment("fixed_at", null=True),
        _number("comment", null=True),
        _key("findings", "repository", "number", "id"),
        _of_a_repository("findings"),
    )
    op.create_table(
        "quartet_dispositions",
        *map(_text, ("repository", "finding", "kind", "by")),
        _moment("at"),
        _text("reason"),
        _number("number"),
        _text("title"),
        _key("dispositions", "repository", "finding"),
        _of_a_repository("dispositions"),
    )
    op.create_table(
        "quartet_pauses",
        _text("repository"),
        _number("number"),
        _text("by"),
        _moment("at"),
        _key("pauses", "repository", "number"),
        _of_a_repository("pauses"),
    )
    op.create_table(
        "quartet_replies",
        _text("repository"),
        _number("comment"),
        _moment("claimed_at"),
        _key("replies", "repository", "comment"),
        _of_a_repository("replies"),
    )
    op.create_table(
        "quartet_calls",
        _text("id"),
        _text("repository"),
        _number("number"),
        _text("review", null=True),
        *map(_text, ("reviewer", "provider", "model")),
        *(
            sa.Column(f"{kind}_tokens", sa.Integer())
            for kind in ("input", "cached_input", "cache_write", "output", "reasoning")
        ),
        _text("cost_usd", null=True),
        sa.Column("seconds", sa.Float(), nullable=False),
        _text("error", null=True),
        _moment("at"),
        _key("calls", "id"),
        _of_a_repository("calls"),
    )
    for table, *columns in _INDICES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def downgrade() -> None:
    """Drop them, and everything in them."""
    for table in (
        "calls",
        "replies",
        "pauses",
        "dispositions",
        "findings",
        "answered_hunks",
        "answers",
        "reviews",
        "deliveries",
        "repositories",
    ):
        op.drop_table(f"quartet_{table}")


def _text(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=null)


def _number(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_quartet_{table}")


def _of_a_repository(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["repository"],
        ["quartet_repositories.name"],
        name=f"fk_quartet_{table}_repository",
        ondelete="CASCADE",
        onupdate="CASCADE",
    )
