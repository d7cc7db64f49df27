"""A layer that remembers: what was once answered is answered again from files, without a vendor and without a cent."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from llm_runtime.errors import (
    AllModelsExhausted,
    AnswerUnusable,
    ModelUnavailable,
    NotRecorded,
    RequestRejected,
)
from llm_runtime.llm import LLM, ModelSpec
from llm_runtime.messages import Completion, Request
from llm_runtime.recorded import answer_data, failure_data, may_pass, played

_FORMAT = 1
# How it is carried, not what is asked.
_CARRIAGE = ("timeout_seconds", "shared", "origin")


class Cassette:
    """A folder with one file for each question that was asked: its digest is the name, the answer the content.

    A file holds neither the question nor a key; what a model answered may quote the code it was asked about. Several
    threads may use it, and several processes, as each file is written elsewhere and moved.

    Attributes:
        missing: Digests of what was asked for and is not there, in that order.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self.missing: list[str] = []

    def find(self, key: str) -> dict[str, Any] | None:
        """What was kept, or None."""
        try:
            data = (self._folder / f"{key}.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        taken: dict[str, Any] = json.loads(data)
        return taken if taken.get("format") == _FORMAT else None

    def keep(self, key: str, taken: Mapping[str, Any]) -> None:
        """Keep an answer."""
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"format": _FORMAT, **taken}, indent=1, sort_keys=True)
        draft = self._folder / f".{key}.{os.getpid()}.{threading.get_ident()}"
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(self._folder / f"{key}.json")

    def miss(self, key: str) -> None:
        """Note that something is not there."""
        with self._lock:
            self.missing.append(key)


class RecordingLLM:
    """An LLM whose answers are kept; what was answered before is not asked again.

    Failures are kept, too, so that a replay is exact. One that may pass (a limit, an outage) is asked again here.
    """

    def __init__(self, llm: LLM, cassette: Cassette) -> None:
        self._llm = llm
        self._cassette = cassette

    @property
    def spec(self) -> ModelSpec:
        """The model that is asked."""
        return self._llm.spec

    def complete(self, request: Request) -> Completion:
        """The kept answer, or a new one, which is kept.

        Raises:
            LLMError: As the LLM raises it, or did.
        """
        key = digest(self.spec, request)
        taken = self._cassette.find(key)
        if taken is not None and not may_pass(taken):
            return played(taken)
        try:
            completion = self._llm.complete(request)
        except (ModelUnavailable, RequestRejected, AnswerUnusable, AllModelsExhausted) as error:
            self._cassette.keep(key, {"asked": self.spec.id, **failure_data(error)})
            raise
        self._cassette.keep(key, {"asked": self.spec.id, **answer_data(completion)})
        return completion


class ReplayingLLM:
    """An LLM that has nobody to ask: it answers what is on the cassette."""

    def __init__(self, spec: ModelSpec, cassette: Cassette) -> None:
        self._spec = spec
        self._cassette = cassette

    @property
    def spec(self) -> ModelSpec:
        """The model that was asked."""
        return self._spec

    def complete(self, request: Request) -> Completion:
        """The kept answer.

        Raises:
            NotRecorded: There is none; the cassette notes it as missing.
            LLMError: What the question ended with when it was asked.
        """
        key = digest(self._spec, request)
        taken = self._cassette.find(key)
        if taken is None:
            self._cassette.miss(key)
            msg = (
                f"no answer of {self._spec.id} to {key[:12]} is on the cassette; record it by running without --replay"
            )
            raise NotRecorded(msg, provider=self._spec.provider, model=self._spec.name)
        return played(taken)


def digest(spec: ModelSpec, request: Request) -> str:
    """Identity of a question to a model: 64 hex digits of all that is asked, without how long there is time for it."""
    asked = {name: value for name, value in asdict(request).items() if name not in _CARRIAGE}
    text = json.dumps([spec.id, asked], sort_keys=True, ensure_ascii=True, default=dict)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
