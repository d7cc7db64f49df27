"""Values of a configuration file go in; the checked ``RepoConfig`` or everything that is wrong with it comes out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from app.configuration.choice import CHOICE_TAGS
from app.configuration.earlier import Canonical, canonical
from app.configuration.faults import ConfigRejected, did_you_mean
from app.configuration.keys import RepoConfig
from app.configuration.written import Written, read

if TYPE_CHECKING:
    from app.configuration.own_reviewers import OwnReviewer

CONFIG_PATH = ".quartet.yml"

_NOT_WRITTEN = CHOICE_TAGS | {"[key]"}
"""Parts of a place that pydantic adds, and that no file holds."""

_Place = tuple[int | str, ...]

_PLAIN: Mapping[str, str] = {
    "missing": "is missing; write it, or leave the whole entry out",
    "tuple_type": "expected a list, such as [one, two]",
    "dict_type": "expected keys and values",
    "model_type": "expected keys and values",
    "model_attributes_type": "expected keys and values",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "string_type": "expected text; put it into quotes",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "decimal_type": "expected a number",
    "decimal_parsing": "expected a number",
    "finite_number": "expected a number",
    "string_unicode": "holds half a character; write the whole one",
}
"""What pydantic says in the words of programmers, in those of people."""


def parse_config(text: str | None, source: str = CONFIG_PATH) -> RepoConfig:
    """The configuration in a text; all defaults for None and for an empty text.

    Args:
        text: YAML.
        source: Where it came from, for the message.

    Raises:
        ConfigRejected: It is not YAML, has an unknown key or a wrong value; it holds every fault with its line.

    Example:
        >>> parse_config("language: Deutsch").language
        'Deutsch'
        >>> parse_config("langage: Deutsch")
        Traceback (most recent call last):
        app.configuration.faults.ConfigRejected: .quartet.yml line 1: unknown key 'langage'; did you mean 'language'?
    """
    words = present_words(read(text, source))
    faults = words.faults or [words.fault(place, message) for place, message in quarrels(words.data)]
    if faults:
        raise ConfigRejected(faults)
    return RepoConfig.model_validate(words.data)


def guidance_of(text: str | None) -> tuple[str, ...]:
    """The guidance files that the configuration in a text names.

    Raises:
        ConfigRejected: It cannot be used.
    """
    return parse_config(text).guidance


def present_words(written: Written) -> Canonical:
    """The values of a file under the names that the model knows, and what is wrong with them one by one.

    Whether they go together is left open: for that, what stands in other files counts too.
    """
    result = canonical(written)
    try:
        RepoConfig.model_validate(result.data)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_context=False, include_input=False):
            place = result.written_at(tuple(part for part in found["loc"] if part not in _NOT_WRITTEN))
            result.wrong.add(str(found["loc"][0]))
            result.faults.append(written.fault(place, _reason(place, found["type"], found["msg"])))
    return result


def quarrels(data: Mapping[str, Any]) -> Iterator[tuple[_Place, str]]:
    """What does not go together in values that are right one by one: where, and why.

    Args:
        data: Values that ``RepoConfig`` takes.
    """
    config = RepoConfig.model_validate(data)
    four = _four()
    names = (*four, *(own.name for own in config.own_reviewers))
    for index, own in enumerate(config.own_reviewers):
        yield from _own_quarrels(index, own, taken=("default", *names[: len(four) + index]))
    named = config.reviewers
    places: Iterable[tuple[int | str, str]] = (
        ((name, name) for name in named) if isinstance(named, Mapping) else enumerate(named)
    )
    for part, name in places:
        if name not in names:
            yield ("reviewers", part), f"reviewers: no reviewer is called {name!r}; {_hint(name, names)}"
    switches = named if isinstance(named, Mapping) else {}
    if switches and not any(switches.get(name, True) for name in names):
        yield ("reviewers",), "reviewers: no reviewer is left; leave one on"
    for name, models in config.models.items():
        if name not in {"default", *names}:
            hint = _hint(name, ("default", *names))
            yield ("models", name), f"models: {name!r} is neither 'default' nor a reviewer; {hint}"
        if fault := _unknown_model(models):
            yield ("models", name), fault
    if config.verification.model and (fault := _unknown_model(config.verification.model)):
        yield ("verification", "model"), fault


def _own_quarrels(index: int, own: OwnReviewer, *, taken: Collection[str]) -> Iterator[tuple[_Place, str]]:
    place = ("own_reviewers", index)
    if own.name in taken:
        yield (*place, "name"), f"own_reviewers: the name {own.name!r} is taken; choose another one"
    rules = [rule.name for rule in own.rules]
    for number, name in enumerate(rules):
        if name in rules[:number]:
            yield (*place, "rules", number, "name"), f"own_reviewers: the rule {name!r} of {own.name} stands twice"
    if own.models and (fault := _unknown_model(own.models)):
        yield (*place, "models"), fault


def _unknown_model(models: str) -> str:
    from llm_runtime.catalog import find  # noqa: PLC0415 - prices are loaded with it, and most files name no model
    from llm_runtime.errors import UnknownModel  # noqa: PLC0415

    names = [name.strip() for name in models.split(",") if name.strip()]
    if not names:
        return "models: none is named; write PROVIDER/MODEL"
    for name in names:
        try:
            find(name)
        except UnknownModel as error:
            return f"models: {error}"
    return ""


def _four() -> tuple[str, ...]:
    from reviewers.perspectives import REVIEWERS  # noqa: PLC0415 - their texts are not needed to show the help

    return tuple(reviewer.name for reviewer in REVIEWERS)


def _hint(wrong: str, names: Collection[str]) -> str:
    guess = did_you_mean(wrong, names)
    return guess if guess.startswith("did") else f"there are {', '.join(names)}"


def _reason(place: _Place, kind: str, message: str) -> str:
    name = ".".join(str(part) for part in place)
    if kind == "extra_forbidden":
        return f"unknown key {str(place[-1])!r}; {did_you_mean(str(place[-1]), _keys_at(place[:-1]))}"
    plain = _PLAIN.get(kind) or message.removeprefix("Value error, ")
    return f"{name}: {plain}"


def _keys_at(place: _Place) -> list[str]:
    """The keys that could stand where an unknown one does."""
    model: type[BaseModel] = RepoConfig
    for part in place:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
