"""By what an answer is divided: the columns that are grouped by, and what people read in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, func, select

from llm_runtime.analytics.answer import Cell, Column, Kind
from llm_runtime.analytics.metrics.by import By
from llm_runtime.analytics.tables import llm_generations, prompt_variants


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of them, of one table.

    Attributes:
        column: The answer's column.
        keys: What is grouped by.
        label: What stands in the answer for the values of ``keys``.
    """

    column: Column
    keys: tuple[ColumnElement[Any], ...]
    label: Callable[..., Cell]


def dimension(by: By, table: Table, connection: Connection) -> Dimension:
    """What ``by`` means in a table: ``agent_task_results`` or, for prompts in any case, ``llm_generations``."""
    known = table.c
    match by:
        case By.REVIEWER:
            reviewer = known.asker if table is llm_generations else known.reviewer
            return Dimension(_COLUMNS[by], (reviewer,), str)
        case By.DAY:
            return Dimension(_COLUMNS[by], (day_of(known.started_at, connection),), date.fromisoformat)
        case By.PROMPT:
            names = prompt_names(connection)
            return Dimension(_COLUMNS[by], (known.variant,), lambda key: prompt(names, key))
        case _:
            keys, label = _PLAIN[by]
            return Dimension(_COLUMNS[by], tuple(known[key] for key in keys), label)


def day_of(moment: ColumnElement[Any], connection: Connection) -> ColumnElement[str]:
    """The day in UTC that a moment lies in, as ISO 8601 writes it."""
    if connection.dialect.name == "sqlite":
        return func.substr(moment, 1, 10, type_=Text())
    return func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD", type_=Text())


def prompt_names(connection: Connection) -> Mapping[str, str]:
    """Wordings by their ids: ``name@version``; a few for each reviewer, so all are read."""
    named = prompt_variants.c
    return {
        row.id: f"{row.name}@{row.version}" for row in connection.execute(select(named.id, named.name, named.version))
    }


def prompt(names: Mapping[str, str], key: str | None) -> str:
    """What people call a wording."""
    return "(not noted)" if key is None else names.get(key, key)


def pull_request(repository: str, number: int | None) -> str:
    """``owner/name#7``, or the repository alone where the change was none of GitHub's."""
    return repository if number is None else f"{repository}#{number}"


def _model(provider: str, model: str) -> str:
    return f"{provider}/{model}" if provider or model else _NO_MODEL


def _or_no_model(name: str) -> str:
    return name or _NO_MODEL


_NO_MODEL = "(tools alone)"

_COLUMNS = {
    By.MODEL: Column("model", "Model", Kind.TEXT),
    By.PROVIDER: Column("provider", "Provider", Kind.TEXT),
    By.REVIEWER: Column("reviewer", "Reviewer", Kind.TEXT),
    By.REPOSITORY: Column("repository", "Repository", Kind.TEXT),
    By.PULL_REQUEST: Column("pull_request", "Pull request", Kind.TEXT),
    By.DAY: Column("day", "Day", Kind.DAY),
    By.PROMPT: Column("prompt", "Prompt", Kind.TEXT),
}
_PLAIN: Mapping[By, tuple[tuple[str, ...], Callable[..., Cell]]] = {
    By.MODEL: (("provider", "model"), _model),
    By.PROVIDER: (("provider",), _or_no_model),
    By.REPOSITORY: (("repository",), str),
    By.PULL_REQUEST: (("repository", "number"), pull_request),
}
