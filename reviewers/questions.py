"""One question to a model, whoever puts it, and what came of it: what the panel's threads work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from llm_runtime.messages import Origin

if TYPE_CHECKING:
    from llm_runtime.errors import LLMError
    from llm_runtime.llm import ModelSpec
    from llm_runtime.messages import Call, Request

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[A]):
    """What is asked of whom, and how the answer is read.

    Attributes:
        llm: Which of the panel's LLMs answers it: a reviewer's name, or another key.
        model: The model that is asked first.
        request: The words that are sent.
        read: The checked answer in a text; raises ``MalformedAnswer``.
        again: Whether it is asked once more where the answer breaks its form.
        remarks: How many remarks an answer makes, for those who keep books.
    """

    llm: str
    model: ModelSpec
    request: Request
    read: Callable[[str], A]
    again: bool = True
    remarks: Callable[[A], int] = lambda _: 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Generic[A]):
    """How a question ended.

    Attributes:
        answer: The checked answer; None where there is none.
        model: The model that answered, as ``provider/name``, or the empty string.
        fault: Why there is no answer, in one line for people, or the empty string.
        error: What the call for it ended with; None also where the answers kept breaking their form.
        calls: Every exchange with a model.
        origin: Whose question it was, with a name of its own.
        repaired: Whether it was answered only after it had been told what was wrong.
    """

    answer: A | None = None
    model: str = ""
    fault: str = ""
    error: LLMError | None = None
    calls: tuple[Call, ...] = ()
    origin: Origin | None = field(default=None, compare=False)
    repaired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies(Generic[A]):
    """How all questions of one run ended, in their order.

    Attributes:
        all: One for each question.
        interrupted: Whether somebody stopped it before all had ended.
        reason: Why, where that is so; else the empty string.
    """

    all: tuple[Reply[A], ...]
    interrupted: bool = False
    reason: str = ""
