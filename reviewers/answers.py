"""A reviewer's answer: the schema it must keep, and the checked values that come out of its text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model, field_validator

from reviewers.errors import MalformedAnswer

if TYPE_CHECKING:
    from llm_runtime.messages import JsonSchema
    from reviewers.reviewer import Reviewer

SHOWN_FAULTS = 8
"""Faults of one answer that are named in the repair round; the rest is usually the same fault again."""

_RULE = "The rule it falls under: one of those that the question lists."


class Remark(BaseModel):
    """One finding as a model words it; where it stands is decided by its quote, not by its line."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[str, Field(description="Path of the file, as it is written above the code.")]
    quote: Annotated[
        str,
        Field(
            description="The one to five consecutive lines of code that the finding is about, copied exactly from the "
            "change, without line numbers and without + or - markers."
        ),
    ]
    line: Annotated[
        int | None, Field(description="Line number of the first quoted line, as shown; null if unsure.")
    ] = None
    removed: Annotated[bool, Field(description="True if the quoted lines are removed lines (marked -).")] = False
    rule: Annotated[str, Field(description=_RULE)]
    severity: Literal["critical", "high", "medium", "low"]
    confidence: Annotated[float, Field(description="How sure you are that this is real, from 0 to 1.")]
    title: Annotated[str, Field(description="The fault in at most 80 characters.")]
    message: Annotated[str, Field(description="What happens, when, and what to do; at most five sentences.")]
    suggestion: Annotated[
        str | None,
        Field(
            description="Complete replacement for exactly the quoted lines, with their indentation; null unless it is "
            "short and certainly right."
        ),
    ] = None
    evidence: Annotated[
        tuple[str, ...], Field(description="Ids of the tool reports (E1, E2 …) that this finding confirms.")
    ] = ()

    @field_validator("*", mode="before")
    @classmethod
    def _writable(cls, value: object) -> object:
        return _without_surrogates(value)

    @field_validator("quote", "title", "message")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        if not value.strip():
            msg = "must not be empty"
            raise ValueError(msg)
        return value

    @field_validator("confidence")
    @classmethod
    def _probability(cls, value: float) -> float:
        # Not every vendor's schema mode knows minimum and maximum, so the wire schema does not carry them.
        if not 0 <= value <= 1:
            msg = "must be from 0 to 1"
            raise ValueError(msg)
        return value


class Dropped(BaseModel):
    """A tool report that the reviewer holds to be a false alarm, with its reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(description="Id of the tool report.")]
    reason: Annotated[str, Field(description="Why it is a false alarm here, in one sentence.")]

    @field_validator("*", mode="before")
    @classmethod
    def _writable(cls, value: object) -> object:
        return _without_surrogates(value)


class Answer(BaseModel):
    """What a reviewer says of one chunk; both lists are empty when there is nothing to say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    findings: tuple[Remark, ...]
    dropped_evidence: tuple[Dropped, ...] = ()


def answer_schema(reviewers: Iterable[Reviewer]) -> JsonSchema:
    """The JSON schema of these reviewers' answers, one for all of them: the rules of any of them are allowed.

    It is part of what a prompt cache goes by, so one for each would keep them from sharing an entry. That a reviewer
    keeps to its own rules is asked for in its question and checked by ``parse_answer``.

    It keeps to what all three vendors' schema modes take: every property required (what may be left out is still
    understood by ``parse_answer``, for servers without a schema mode), no further properties, no references, no
    numeric bounds.
    """
    rules = dict.fromkeys(rule.name for reviewer in reviewers for rule in reviewer.rules)
    schema = _model(tuple(rules)).model_json_schema()
    inlined = _inline(schema, schema.get("$defs", {}))
    assert isinstance(inlined, dict)  # noqa: S101 - a schema of an object is an object; narrows the type
    return inlined


def parse_answer(text: str, reviewer: Reviewer) -> Answer:
    """The checked answer in a model's text.

    Raises:
        MalformedAnswer: The text is not JSON, breaks the schema, or names a rule of another reviewer; the message says
            where, for the repair round.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        # Not only a JSONDecodeError: a number of five thousand digits is a plain ValueError.
        msg = f"The answer is not JSON: {error}"
        raise MalformedAnswer(msg) from error
    try:
        return _model(tuple(rule.name for rule in reviewer.rules)).model_validate(data)
    except ValidationError as error:
        raise MalformedAnswer(_faults(error)) from error


def _without_surrogates(value: object) -> object:
    """JSON may escape half a character, which no file and no request can hold."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value


@cache
def _model(rules: tuple[str, ...]) -> type[Answer]:
    closed: Any = Literal[rules]  # made at run time, so that the type checker cannot know it
    remark: Any = create_model("Remark", __base__=Remark, rule=(closed, Field(description=_RULE)))
    return create_model("Answer", __base__=Answer, findings=(tuple[remark, ...], ...))


def _faults(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    shown = [
        f"{'.'.join(str(part) for part in fault['loc']) or 'answer'}: {fault['msg'].removeprefix('Value error, ')}"
        for fault in faults
    ]
    more = f" (+{len(shown) - SHOWN_FAULTS} more)" if len(shown) > SHOWN_FAULTS else ""
    return "; ".join(shown[:SHOWN_FAULTS]) + more


def _inline(node: Any, definitions: dict[str, Any]) -> Any:
    match node:
        case {"$ref": str(reference)}:
            return _inline(definitions[reference.removeprefix("#/$defs/")], definitions)
        case {"properties": dict(properties)}:
            return {
                "type": "object",
                "properties": {name: _inline(child, definitions) for name, child in properties.items()},
                "required": list(properties),
                "additionalProperties": False,
            }
        case dict():
            return {
                key: _inline(child, definitions)
                for key, child in node.items()
                if key not in {"$defs", "title", "default"}
            }
        case list():
            return [_inline(child, definitions) for child in node]
        case _:
            return node
