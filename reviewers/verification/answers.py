"""The answer of a second look: its schema, and the checked values that come out of a model's text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reviewers.errors import MalformedAnswer

if TYPE_CHECKING:
    from llm_runtime.messages import JsonSchema

_STRICT = ConfigDict(extra="forbid", frozen=True)
_M = TypeVar("_M", bound=BaseModel)


_Quote = Annotated[
    str,
    Field(
        description="The one to three consecutive lines that decide it, copied exactly from what is shown, without "
        "line numbers and markers; empty only where nothing decides it."
    ),
]
_Reason = Annotated[str, Field(description="Why these lines decide it, in at most two sentences.")]


class Verdict(BaseModel):
    """What a model says of one claim."""

    model_config = _STRICT

    claim: Annotated[str, Field(description="Id of the claim: C1, C2 …")]
    verdict: Annotated[
        Literal["confirmed", "refuted", "unsure"],
        Field(description="What the code that is shown decides about the claim."),
    ]
    quote: _Quote
    reason: _Reason
    suggestion_holds: Annotated[
        bool, Field(description="False if the claim's replacement does not cure the fault or breaks something.")
    ] = True


class Verdicts(BaseModel):
    """What a model says of all claims that were put to it."""

    model_config = _STRICT

    verdicts: tuple[Verdict, ...]


class Stance(BaseModel):
    """Where one side of a dispute stands after it has read the other's reasons."""

    model_config = _STRICT

    stance: Annotated[
        Literal["hold", "yield", "unsure"],
        Field(description="hold: your side is right; yield: the other side is; unsure: what is shown does not decide."),
    ]
    quote: _Quote
    reason: _Reason


def parse_verdicts(text: str) -> Verdicts:
    """The checked verdicts in a model's text.

    Raises:
        MalformedAnswer: The text is not JSON or breaks the schema.
    """
    return _parsed(text, Verdicts)


def parse_stance(text: str) -> Stance:
    """The checked stance in a model's text.

    Raises:
        MalformedAnswer: The text is not JSON or breaks the schema.
    """
    return _parsed(text, Stance)


def verdicts_schema() -> JsonSchema:
    """The schema of a second look's answer, in the keywords that all vendors' schema modes take."""
    one = _closed(Verdict)
    return {
        "type": "object",
        "properties": {"verdicts": {"type": "array", "items": one}},
        "required": ["verdicts"],
        "additionalProperties": False,
    }


def stance_schema() -> JsonSchema:
    """The schema of a side's answer in a debate."""
    return _closed(Stance)


def _closed(model: type[BaseModel]) -> dict[str, Any]:
    """Every property required and none beside them; no defaults, which OpenAI's strict mode refuses."""
    properties = {
        name: {key: value for key, value in child.items() if key not in {"title", "default"}}
        for name, child in model.model_json_schema()["properties"].items()
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _parsed(text: str, model: type[_M]) -> _M:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"The answer is not JSON: {error}"
        raise MalformedAnswer(msg) from error
    try:
        return model.model_validate(_writable(data))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        msg = f"{'.'.join(map(str, fault['loc'])) or 'answer'}: {fault['msg']}"
        raise MalformedAnswer(msg) from error


def _writable(node: Any) -> Any:
    """JSON may escape half a character, which no report and no request can hold."""
    match node:
        case str():
            return node.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {key: _writable(value) for key, value in node.items()}
        case list():
            return [_writable(value) for value in node]
        case _:
            return node
