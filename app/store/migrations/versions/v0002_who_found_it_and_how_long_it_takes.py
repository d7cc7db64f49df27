"""Who found a finding, and which review told it; how long pull requests take; of whom everything was deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_AT_ONCE = 500
_FINDINGS = "quartet_findings"
_REPOSITORIES = "quartet_repositories"
_PULL_TIMES = "quartet_pull_times"
_GONE = "quartet_gone"

_findings = sa.table(
    _FINDINGS,
    sa.column("repository", sa.Text()),
    sa.column("number", sa.BigInteger()),
    sa.column("id", sa.Text()),
    sa.column("review", sa.Text()),
    sa.column("content", sa.Text()),
    sa.column("told_at", sa.DateTime(timezone=True)),
    sa.column("reviewer", sa.Text()),
    sa.column("rule", sa.Text()),
    sa.column("folder", sa.Text()),
    sa.column("model", sa.Text()),
    sa.column("told_in", sa.Text()),
)
_reviews = sa.table(
    "quartet_reviews",
    sa.column("id", sa.Text()),
    sa.column("repository", sa.Text()),
    sa.column("number", sa.BigInteger()),
    sa.column("ordinal", sa.Integer()),
    sa.column("started_at", sa.DateTime(timezone=True)),
)
_deliveries = sa.table(
    "quartet_deliveries",
    sa.column("repository", sa.Text()),
    sa.column("received_at", sa.DateTime(timezone=True)),
)
_repositories = sa.table(
    _REPOSITORIES, sa.column("name", sa.Text()), sa.column("installed_at", sa.DateTime(timezone=True))
)


def upgrade() -> None:
    """Add the columns, fill them from what is there, and make the tables."""
    for name in ("reviewer", "rule", "folder", "model"):
        op.add_column(_FINDINGS, sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column(_FINDINGS, sa.Column("told_in", sa.Text(), nullable=True))
    op.create_index(f"ix_{_FINDINGS}_told_at", _FINDINGS, ["told_at"])
    for name in ("installed_at", "history_read_at"):
        op.add_column(_REPOSITORIES, sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        _PULL_TIMES,
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("opened_at", "first_review_at")),
        sa.Column("first_review_by", sa.Text()),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("merged_at", "closed_at")),
        sa.PrimaryKeyConstraint("repository", "number", name=f"pk_{_PULL_TIMES}"),
        sa.ForeignKeyConstraint(
            ["repository"],
            [f"{_REPOSITORIES}.name"],
            name=f"fk_{_PULL_TIMES}_repository",
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
    )
    op.create_index(f"ix_{_PULL_TIMES}_opened_at", _PULL_TIMES, ["opened_at"])
    op.create_table(
        _GONE,
        sa.Column("installation", sa.BigInteger(), nullable=False),
        sa.Column("repository_digest", sa.Text(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("installation", "repository_digest", name=f"pk_{_GONE}"),
    )
    op.create_index(f"ix_{_GONE}_gone_at", _GONE, ["gone_at"])
    connection = op.get_bind()
    for rows in _batches(connection):
        connection.execute(
            _findings.update()
            .where(
                _findings.c.repository == sa.bindparam("in_repository"),
                _findings.c.number == sa.bindparam("of_number"),
                _findings.c.id == sa.bindparam("of_id"),
            )
            .values(
                reviewer=sa.bindparam("by_reviewer"),
                rule=sa.bindparam("of_rule"),
                folder=sa.bindparam("in_folder"),
                model=sa.bindparam("by_model"),
                told_in=sa.bindparam("in_review"),
            ),
            [_known_of(connection, row) for row in rows],
        )
    seen = sa.union_all(
        sa.select(_reviews.c.repository, _reviews.c.started_at.label("at")),
        sa.select(_deliveries.c.repository, _deliveries.c.received_at.label("at")),
    ).subquery()
    first = sa.select(sa.func.min(seen.c.at)).where(seen.c.repository == _repositories.c.name).scalar_subquery()
    connection.execute(_repositories.update().values(installed_at=first))


def downgrade() -> None:
    """Drop them."""
    op.drop_table(_GONE)
    op.drop_table(_PULL_TIMES)
    for name in ("history_read_at", "installed_at"):
        op.drop_column(_REPOSITORIES, name)
    op.drop_index(f"ix_{_FINDINGS}_told_at", _FINDINGS)
    for name in ("told_in", "model", "folder", "rule", "reviewer"):
        op.drop_column(_FINDINGS, name)


def _batches(connection: sa.Connection) -> Iterator[Sequence[Any]]:
    """All findings by their key, a few at a time: their contents may be large."""
    key = (_findings.c.repository, _findings.c.number, _findings.c.id)
    columns = (*key, _findings.c.review, _findings.c.content, _findings.c.told_at)
    query = sa.select(*columns).order_by(*key).limit(_AT_ONCE)
    rows = connection.execute(query).all()
    while rows:
        yield rows
        last = rows[-1]
        rows = connection.execute(query.where(sa.tuple_(*key) > (last.repository, last.number, last.id))).all()


def _known_of(connection: sa.Connection, row: Any) -> dict[str, Any]:
    content = json.loads(row.content)
    return {
        "in_repository": row.repository,
        "of_number": row.number,
        "of_id": row.id,
        "by_reviewer": _text(content.get("reviewer") or ""),
        "of_rule": _text(content.get("rule") or ""),
        "in_folder": _text(content.get("path") or "").rpartition("/")[0],
        "by_model": _text((content.get("models") or [""])[0]),
        "in_review": None if row.told_at is None else _told_in(connection, row, row.told_at),
    }


def _told_in(connection: sa.Connection, row: Any, told_at: datetime) -> str:
    """The review that was under way when it was told, as far as that is known; else the last that made it."""
    query = (
        sa.select(_reviews.c.id)
        .where(
            _reviews.c.repository == row.repository,
            _reviews.c.number == row.number,
            _reviews.c.started_at <= told_at,
        )
        .order_by(_reviews.c.ordinal.desc())
        .limit(1)
    )
    found: str | None = connection.execute(query).scalar()
    return found or str(row.review)


def _text(words: object) -> str:
    """As the column's type has it: PostgreSQL takes no NUL, and neither engine takes half a surrogate pair."""
    whole = str(words).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
