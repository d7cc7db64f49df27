"""The models of a run: connected and recorded, or played from a cassette."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.errors import Misconfigured
from llm_runtime.cassette import RecordingLLM, ReplayingLLM
from llm_runtime.catalog import find
from llm_runtime.errors import AllModelsExhausted, BudgetExceeded, LLMError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from llm_runtime.cassette import Cassette
    from llm_runtime.llm import LLM, ModelSpec
    from llm_runtime.messages import Completion, Request

_MODELS = "models"
"""What is kept beside the answers: which models they are of."""


@dataclass(slots=True)
class Purse:
    """Whether the money of a run has run out."""

    empty: bool = False


class PurseWatchingLLM:
    """An LLM that notes when a call was refused for want of money, whatever becomes of the error above."""

    def __init__(self, llm: LLM, purse: Purse) -> None:
        self._llm = llm
        self._purse = purse

    @property
    def spec(self) -> ModelSpec:
        """The model that is asked."""
        return self._llm.spec

    def complete(self, request: Request) -> Completion:
        """Answer, as the LLM does.

        Raises:
            LLMError: As the LLM raises it.
        """
        try:
            return self._llm.complete(request)
        except LLMError as error:
            causes: Iterable[LLMError] = error.causes if isinstance(error, AllModelsExhausted) else (error,)
            self._purse.empty = self._purse.empty or any(isinstance(cause, BudgetExceeded) for cause in causes)
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """All models of a run.

    Attributes:
        llms: By the name under which a review asks for them.
        purse: What is left to spend.
    """

    llms: Mapping[str, LLM]
    purse: Purse = field(default_factory=Purse)


Models = Mapping[str, tuple["ModelSpec", ...]]
Connect = Callable[[Models], "AbstractContextManager[Mapping[str, LLM]]"]


@contextmanager
def recorded(models: Models, cassette: Cassette | None, connect: Connect) -> Iterator[Voices]:
    """Connected models whose answers are kept.

    Args:
        models: By name.
        cassette: Where they are kept; None to keep nothing.
        connect: Connects them (``wiring.llms``).
    """
    if cassette is not None:
        # A list, as the order of the models is the order in which they are chosen from.
        cassette.keep(_MODELS, {"models": [[name, [spec.id for spec in specs]] for name, specs in models.items()]})
    with connect(models) as llms:
        purse = Purse()
        watched: dict[str, LLM] = {name: PurseWatchingLLM(llm, purse) for name, llm in llms.items()}
        if cassette is not None:
            watched = {name: RecordingLLM(llm, cassette) for name, llm in watched.items()}
        yield Voices(llms=watched, purse=purse)


def models_on(cassette: Cassette) -> Models:
    """The models whose answers a cassette holds.

    Raises:
        Misconfigured: It holds none.
    """
    taken = cassette.find(_MODELS)
    if taken is None:
        msg = "the cassette holds no run; record one by running without --replay and with --cassette DIR"
        raise Misconfigured(msg)
    return {name: tuple(find(model) for model in ids) for name, ids in taken["models"]}


def replayed(models: Models, cassette: Cassette) -> Voices:
    """The same models without anybody to ask."""
    return Voices(llms={name: ReplayingLLM(specs[0], cassette) for name, specs in models.items()})
