"""What a workflow says of its step: environment variables ``QUARTET_INPUT_…`` in, checked values out.

``action.yml`` hands each of its inputs on in a variable of that name, with underscores for dashes; an empty one counts
as left out. A test holds the two lists, and what they say of each input, together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.configuration.texts import FilePath, PathGlob
from app.errors import Misconfigured
from app.model_choice import parse_models
from app.repo_config import CONFIG_PATH
from app.settings import Address

PREFIX = "QUARTET_INPUT_"
"""Beginning of the variables' names."""

FORMATS = ("json", "sarif", "html", "markdown")
"""The reports that can be written, in the order of the documentation."""

OUTSIDE = ("artifact", "cache", "collected", "install-only", "python")
"""Inputs that ``action.yml`` itself acts on; the program never sees them."""

_MOST_DOLLARS = 1_000_000


def _listed(value: object) -> object:
    """Entries of a list that is written with commas or on lines of its own."""
    if isinstance(value, str):
        return tuple(part.strip() for part in re.split(r"[,\n]", value) if part.strip())
    return value


def _chains(value: object) -> object:
    """Entries that hold commas themselves: on lines of their own, or with semicolons between them."""
    if isinstance(value, str):
        return tuple(part.strip() for part in re.split(r"[;\n]", value) if part.strip())
    return value


def _named(value: tuple[str, ...]) -> tuple[str, ...]:
    try:
        parse_models(value)
    except Misconfigured as error:
        raise ValueError(str(error)) from error
    return value


def _known(value: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := [name for name in value if name not in FORMATS]:
        msg = f"{unknown[0]!r} is no report; there are {', '.join(FORMATS)}"
        raise ValueError(msg)
    return tuple(name for name in FORMATS if name in value)


def _dollars(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        amount = Decimal(value.strip().removeprefix("$"))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 < amount <= _MOST_DOLLARS:
        msg = "it takes an amount in dollars above zero, such as 0.50"
        raise ValueError(msg)
    return amount


def _switched(value: object) -> object:
    if not isinstance(value, str):
        return value
    word = value.strip().lower()
    if word not in {"true", "false"}:
        msg = "it takes true or false"
        raise ValueError(msg)
    return word == "true"


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _of_redis(value: SecretStr | None) -> SecretStr | None:
    if value is not None and not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        msg = "it must be an address such as redis://:password@host:6379/0"
        raise ValueError(msg)
    return value


_Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
_Globs = Annotated[tuple[PathGlob, ...], NoDecode, BeforeValidator(_listed)]
_Switch = Annotated[bool, BeforeValidator(_switched)]
_Secret = Annotated[SecretStr | None, BeforeValidator(_stripped)]


class Inputs(BaseSettings):
    """What the workflow says; every input has a default, and its name is the field's with dashes.

    Attributes:
        github_token: Reads the pull request and writes on it.
        openai_api_key: Of OpenAI, or of a server that speaks its protocol.
        anthropic_api_key: Of Anthropic.
        gemini_api_key: Of Google.
        openai_base_url: Another address than OpenAI's own.
        anthropic_base_url: Another address than Anthropic's own.
        gemini_base_url: Another address than Google's own.
        database_url: PostgreSQL instead of the SQLite file that travels in the cache.
        redis_url: Where limits and caps are kept for several runners at once.
        reviewers: Names of those who look, over the configuration's.
        models: As ``app.model_choice.parse_models`` takes them, over the configuration's.
        fail_on: Severity from which a finding fails the step, over the configuration's.
        fail_on_incomplete: Whether an unanswered question fails the step.
        max_cost: Dollars that one review may cost, over the configuration's.
        post: Whether the review is posted on the pull request.
        annotations: Whether findings are told as annotations of the run; ``auto`` where nothing was posted.
        format: Which reports are written.
        config: Path of the configuration in the base branch.
        paths: Globs of paths; only these are reviewed.
        ignore_paths: Globs of paths; none of these is reviewed.
        pull_request: Number of the pull request, where the event does not name it.
        full: Whether all of it is reviewed again, also what was answered before.
        no_llm: Whether no model is asked.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    github_token: Annotated[
        _Secret, Field(description="Reads the pull request and writes the review; the workflow's own token will do.")
    ] = None
    openai_api_key: Annotated[
        _Secret, Field(description="Key of OpenAI, or of a server that speaks its protocol; from a secret.")
    ] = None
    anthropic_api_key: Annotated[_Secret, Field(description="Key of Anthropic; from a secret.")] = None
    gemini_api_key: Annotated[_Secret, Field(description="Key of Google Gemini; from a secret.")] = None
    openai_base_url: Annotated[
        Address | None, Field(repr=False, description="Another address than OpenAI's own, such as a gateway's.")
    ] = None
    anthropic_base_url: Annotated[
        Address | None, Field(repr=False, description="Another address than Anthropic's own.")
    ] = None
    gemini_base_url: Annotated[Address | None, Field(repr=False, description="Another address than Gemini's own.")] = (
        None
    )
    database_url: Annotated[
        _Secret, Field(description="PostgreSQL instead of the SQLite files that travel in the cache; from a secret.")
    ] = None
    redis_url: Annotated[
        _Secret,
        AfterValidator(_of_redis),
        Field(description="Redis that keeps limits and caps exactly between parallel runs; from a secret."),
    ] = None
    reviewers: Annotated[
        _Words,
        Field(description="Who looks, by name, with commas between them; by default those of the configuration."),
    ] = ()
    models: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(_chains),
        AfterValidator(_named),
        Field(description="[REVIEWER=]PROVIDER/MODEL[,stand-ins] on lines of their own, over the configuration's."),
    ] = ()
    fail_on: Annotated[
        Literal["critical", "high", "medium", "low", "never"] | None,
        BeforeValidator(_lower),
        Field(description="Severity from which a finding fails the step: critical, high, medium, low or never."),
    ] = None
    fail_on_incomplete: Annotated[
        _Switch, Field(description="Whether a question without an answer fails the step.")
    ] = False
    max_cost: Annotated[
        Decimal | None, BeforeValidator(_dollars), Field(description="Dollars that one review may cost, such as 0.50.")
    ] = None
    post: Annotated[_Switch, Field(description="Whether the review is posted; false leaves it to the job summary.")] = (
        True
    )
    annotations: Annotated[
        Literal["auto", "true", "false"],
        BeforeValidator(_lower),
        Field(description="Findings as annotations of the run: true, false, or auto where nothing was posted."),
    ] = "auto"
    format: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(_listed),
        AfterValidator(_known),
        Field(description=f"Reports that are written, with commas between them, of {', '.join(FORMATS)}."),
    ] = FORMATS
    config: Annotated[FilePath, Field(description="Path of the configuration, read from the base branch.")] = (
        CONFIG_PATH
    )
    paths: Annotated[
        _Globs, Field(max_length=200, description="Only these files, as in .gitignore; over the configuration's.")
    ] = ()
    ignore_paths: Annotated[
        _Globs, Field(max_length=200, description="None of these files, beside what the configuration ignores.")
    ] = ()
    pull_request: Annotated[
        int | None, Field(ge=1, le=2**53, description="Number of the pull request, where the event names none.")
    ] = None
    full: Annotated[_Switch, Field(description="Whether all is reviewed again, also what was answered before.")] = False
    no_llm: Annotated[_Switch, Field(description="Whether no model is asked; the evidence sources review alone.")] = (
        False
    )

    def settings(self) -> Mapping[str, Any]:
        """What they say of ``app.settings.Settings``; what was left out stays with the environment."""
        said: dict[str, Any] = {
            "github_token": self.github_token,
            "openai_api_key": self.openai_api_key,
            "anthropic_api_key": self.anthropic_api_key,
            "gemini_api_key": self.gemini_api_key,
            "openai_base_url": self.openai_base_url,
            "anthropic_base_url": self.anthropic_base_url,
            "google_gemini_base_url": self.gemini_base_url,
            "database_url": self.database_url,
            "redis_url": self.redis_url,
        }
        return {name: value for name, value in said.items() if value is not None}

    def in_their_words(self, text: str) -> str:
        """A message for people that names inputs instead of the environment variables which they stand for.

        Example:
            >>> Inputs(github_token=SecretStr("x")).in_their_words("set GITHUB_TOKEN to a valid one; see REDIS_URL")
            'set the input github-token to a valid one; see REDIS_URL'
        """
        for name in self.settings():
            said = input_name(name.removeprefix("google_"))
            text = re.sub(rf"\b{name.upper()}\b", f"the input {said}", text)
        return text


def input_name(field: str) -> str:
    """What ``action.yml`` calls a field.

    >>> input_name("max_cost")
    'max-cost'
    """
    return field.replace("_", "-")


def read_inputs(read: Callable[[], Inputs] = Inputs) -> Inputs:
    """The inputs in the environment.

    Raises:
        Misconfigured: One has a value that cannot be used; the message names the input, and not the value.
    """
    try:
        return read()
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        name = input_name(str(fault["loc"][0]).lower())
        msg = f"the input {name} cannot be used: {fault['msg'].removeprefix('Value error, ')}"
        raise Misconfigured(msg) from error
