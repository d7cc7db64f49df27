"""The part that the fake vendors share: keys, models, the script, and refusing what a vendor would refuse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from tests.fakes.models import (
    Answer,
    Answers,
    Asked,
    BadRequest,
    Catalogue,
    NoSuchModel,
    WrongKey,
    asks_again,
    confirms,
    says,
)
from tests.fakes.server import FakeServer, Incoming, Reply, json_reply


class Refusal(Exception):
    """Raised inside a fake: the vendor would refuse this request, with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(str(answer))
        self.answer = answer


class FakeVendor(FakeServer):
    """Each vendor says how to read a question and how to word an answer; ``headers`` stand beside every answer."""

    def __init__(
        self,
        answers: Answers | None = None,
        *,
        key: str | None = None,
        models: Sequence[str] | None = None,
        headers: Mapping[str, str] | None = None,
        catalogue: Catalogue = Catalogue.WHOLE,
        looks: Answer | None = None,
        looks_again: Callable[[Asked], Answer] = confirms,
    ) -> None:
        super().__init__()
        self.asked: list[Asked] = []
        self.looked_again: list[Asked] = []
        self._looks_again = looks_again
        self._answers: Answers = says({"findings": []}) if answers is None else answers
        self._given = 0
        self._key = key
        self._models = models
        self._headers = headers or {}
        self._catalogue = catalogue
        self._looks = looks

    @property
    def base_url(self) -> str:
        """What the vendor's ``…_BASE_URL`` variable is set to."""
        return self.url

    def answer(self, request: Incoming) -> Reply:
        try:
            reply = self._serve(request)
        except Refusal as refusal:
            reply = self.reply(refusal.answer, "unknown")
        return replace(reply, headers={**reply.headers, **self._headers})

    def key_of(self, request: Incoming) -> str:
        """The key a request came with, or the empty string."""
        raise NotImplementedError

    def model_of(self, request: Incoming) -> str | None:
        """The model a request is for, or None for an address this API does not have."""
        raise NotImplementedError

    def look_of(self, request: Incoming) -> str | None:
        """The model whose description a request asks for, "" for the list of all, None for anything else."""
        raise NotImplementedError

    def describe(self, model: str) -> dict[str, Any]:
        """The vendor's entry of a model."""
        raise NotImplementedError

    def listing(self, entries: list[dict[str, Any]]) -> dict[str, Any]:
        """The vendor's list of models."""
        raise NotImplementedError

    def read(self, body: dict[str, Any], model: str, request: Incoming) -> Asked:
        """The question, or a ``Refusal`` where the vendor would not take it."""
        raise NotImplementedError

    def reply(self, answer: Answer, model: str) -> Reply:
        """The answer in the vendor's words."""
        raise NotImplementedError

    def _serve(self, request: Incoming) -> Reply:
        key = self.key_of(request)
        if not key or (self._key is not None and key != self._key):
            raise Refusal(WrongKey())
        look = self.look_of(request)
        if look is not None and (Catalogue.SINGLE if look else Catalogue.LIST) in self._catalogue:
            return self._show(look)
        model = self.model_of(request)
        if model is None:
            return json_reply({"error": {"message": "Not found"}}, status=404)
        try:
            body = request.json
        except ValueError:
            raise Refusal(BadRequest("We could not parse the JSON body of your request.")) from None
        if not isinstance(body, dict):
            raise Refusal(BadRequest("The body must be a JSON object."))
        if not model or (self._models is not None and model not in self._models):
            raise Refusal(NoSuchModel())
        asked = self.read(body, model, request)
        return self.reply(self._next(asked), model)

    def _show(self, model: str) -> Reply:
        if self._looks is not None:
            return self.reply(self._looks, model)
        if not model:
            return json_reply(self.listing([self.describe(name) for name in self._models or ()]))
        if self._models is not None and model not in self._models:
            return self.reply(NoSuchModel(), model)
        return json_reply(self.describe(model))

    def _next(self, asked: Asked) -> Answer:
        if asks_again(asked):
            with self.lock:
                self.looked_again.append(asked)
            return self._looks_again(asked)
        with self.lock:
            self.asked.append(asked)
            given, self._given = self._given, self._given + 1
        if callable(self._answers):
            return self._answers(asked)
        if isinstance(self._answers, Sequence):
            return self._answers[min(given, len(self._answers) - 1)]
        return self._answers


def looked_at(request: Incoming, models: str) -> str | None:
    """The model below the address ``models`` that a GET is for, "" for the address itself, None for any other."""
    if request.method != "GET":
        return None
    if request.path == models:
        return ""
    name = request.path.removeprefix(f"{models}/")
    # Like routers do: a name with a slash, even an encoded one, is another address.
    return name if name != request.path and "/" not in unquote(name) else None


def require(condition: object, message: str, parameter: str | None = None) -> None:
    """Refuse the request as the vendor would unless ``condition`` holds."""
    if not condition:
        raise Refusal(BadRequest(message, parameter))


def check_schema(schema: Any, *, refused: frozenset[str], parameter: str, all_required: bool) -> None:
    """Refuse a schema with keywords the vendor does not know, or with objects that are open or partly optional."""
    if isinstance(schema, list):
        for part in schema:
            check_schema(part, refused=refused, parameter=parameter, all_required=all_required)
    if not isinstance(schema, dict):
        return
    found = refused & schema.keys()
    require(not found, f"Invalid schema: {sorted(found)} is not permitted.", parameter)
    if schema.get("type") == "object":
        names = set(schema.get("properties", {}))
        require(schema.get("additionalProperties") is False, "'additionalProperties' must be false.", parameter)
        if all_required:
            require(set(schema.get("required", [])) == names, "'required' must list every property.", parameter)
    for keyword, value in schema.items():
        if keyword in ("properties", "$defs"):
            check_schema(list(value.values()), refused=refused, parameter=parameter, all_required=all_required)
        elif keyword not in ("enum", "const", "required", "type"):
            check_schema(value, refused=refused, parameter=parameter, all_required=all_required)
