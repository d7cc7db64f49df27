"""The text of a ``case.yml`` goes in, its checked fields come out; a fault is one line that names file and field."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from app.errors import Misconfigured

_Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
_Line = Annotated[int, Field(ge=1)]
_SHOWN = 200


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SpotFields(_Strict):
    """A place by its lines, or by a quote of code that stands there once; and who tells it under which rule.

    Attributes:
        path: The file; ``/`` between folders.
        start_line: First line on ``side``.
        end_line: Last line; ``start_line`` where it is left out.
        quote: A line of the diff, or a part of it, that stands on ``side`` once; instead of the numbers.
        side: ``new`` for added and unchanged lines, ``old`` for removed ones.
        reviewer: One of the four, or one of the suite's own.
        rule: One of that reviewer's rules.
    """

    path: str | None = None
    start_line: _Line | None = None
    end_line: _Line | None = None
    quote: str | None = None
    side: Literal["new", "old"] | None = None
    reviewer: _Word | None = None
    rule: _Word | None = None

    @model_validator(mode="after")
    def _one_kind_of_place(self) -> Self:
        if self.quote is not None and (self.start_line or self.end_line):
            msg = "give start_line or quote, not both"
            raise ValueError(msg)
        if self.end_line and (not self.start_line or self.end_line < self.start_line):
            msg = "end_line needs a start_line that is not behind it"
            raise ValueError(msg)
        return self


class GoldenFields(SpotFields):
    """A fault; see ``docs/bench.md``."""

    path: str
    text: str = ""
    severity: Literal["critical", "high", "medium", "low"] | None = None
    alternatives: list[SpotFields] = []

    @model_validator(mode="after")
    def _placed_and_named(self) -> Self:
        if self.quote is None and self.start_line is None:
            msg = "give start_line or quote, so that it has a place"
            raise ValueError(msg)
        if not (self.rule or self.reviewer or self.text.strip()):
            msg = "give rule, reviewer or text, so that a finding can be held against it"
            raise ValueError(msg)
        if self.rule and not self.reviewer:
            msg = "rule needs the reviewer whose rule it is"
            raise ValueError(msg)
        return self


class CaseFields(_Strict):
    """A case; see ``docs/bench.md``."""

    id: _Word
    languages: Annotated[list[_Word], Field(min_length=1)]
    perspective: _Word
    clean: bool
    title: str
    body: str = ""
    temptation: str = ""
    complete: bool = True
    goldens: list[GoldenFields] = []

    @model_validator(mode="after")
    def _clean_or_not(self) -> Self:
        if self.clean and self.goldens:
            msg = "a clean case has no goldens; leave them out, or say clean: false"
            raise ValueError(msg)
        if not self.clean and not self.goldens:
            msg = "goldens are missing; write them, or say clean: true"
            raise ValueError(msg)
        return self


def read_case_file(text: str, name: str) -> CaseFields:
    """Check a case file.

    Args:
        text: What it holds.
        name: What it is called, for messages.

    Raises:
        Misconfigured: It is no YAML, or a field is wrong; the line names file and field.
    """
    try:
        written = yaml.safe_load(text)
        return CaseFields.model_validate(written)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        msg = f"{name}{where}: this is no YAML; check indentation and quotes"
        raise Misconfigured(msg) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the case"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        said = first["msg"].removeprefix("Value error, ")
        msg = f"{name}: {field}: {' '.join(said.split())[:_SHOWN]}{more}"
        raise Misconfigured(msg) from error
