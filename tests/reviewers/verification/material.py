"""A change, its plan, and models that answer by a script: what second looks are tested over."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Call, Usage
from reviewers.diff import Diff
from reviewers.findings import Finding, Location
from reviewers.panel import STOPPED
from reviewers.perspectives import REVIEWERS
from reviewers.plan import make_plan
from reviewers.questions import Question, Replies, Reply
from reviewers.selection import select
from reviewers.snapshot import PullRequestSnapshot
from reviewers.verification.batches import Material
from reviewers.verification.second_look import Look
from tests.builders import added_file, finding, location, target
from tests.llm_runtime.doubles import spec

CODE = "def rate(total, rows):\n    if not rows:\n        return 0\n    return total / len(rows)\n"
LINE, GUARD = "    return total / len(rows)", "    if not rows:"
SOL, TERRA = spec("gpt-6.1-sol"), spec("gpt-6.1-terra")
OPUS = spec("claude-opus-5-5", "anthropic")
MODELS = {reviewer.name: SOL for reviewer in REVIEWERS}

Answer = Callable[[Question[Any]], dict[str, Any]]


def price(model: ModelSpec, usage: Usage) -> Decimal:
    """A dollar for a million tokens in, five for a million out."""
    del model
    return Decimal(usage.input_tokens + 5 * usage.output_tokens) / 1_000_000


def call_of(usage: Usage, model: ModelSpec = SOL) -> Call:
    return Call(provider=model.provider, model=model.name, usage=usage, cost_usd=price(model, usage))


FIRST_PASS = tuple(call_of(Usage(input_tokens=8_000, output_tokens=6_000)) for _ in REVIEWERS)
"""What four questions cost."""


def material(*paths: str, masked: Callable[[str], str] = lambda text: text) -> Material:
    return replace(_material(paths or ("shop/rate.py",)), masked=masked)


@functools.cache
def _material(paths: tuple[str, ...]) -> Material:
    diff = Diff(tuple(added_file(path, CODE) for path in paths))
    snapshot = PullRequestSnapshot(target=target(), diff=diff)
    plan = make_plan(snapshot, select(diff), REVIEWERS, models=MODELS, facts=(), fence="fence", price=lambda *_: None)
    return Material(plan=plan, snapshot=snapshot, fence="fence")


def look(at_hand: Sequence[ModelSpec] = (OPUS,), **changes: Any) -> Look:
    return Look(**{"material": material(), "at_hand": at_hand, "models": MODELS, "price": price, **changes})


def claim(**changes: Any) -> Finding:
    at: Location = changes.pop("at", location("shop/rate.py", 4))
    values: dict[str, Any] = {
        "reviewer": "bugs",
        "rule": "logic-error",
        "cwe": None,
        "anchor": LINE,
        "title": "Division by zero",
        "message": "An empty list has no length.",
        "models": [SOL.id],
    }
    return finding(at=at, **values | changes)


def verdict(name: str = "C1", **changes: Any) -> dict[str, Any]:
    values = {"claim": name, "verdict": "refuted", "quote": GUARD, "reason": "It asks.", "suggestion_holds": True}
    return values | changes


class Script:
    """Answers questions by a function; keeps them, and what each cost at most."""

    def __init__(self, answer: Answer, *, interrupted: bool = False) -> None:
        self._answer, self._interrupted = answer, interrupted
        self.rounds: list[list[Question[Any]]] = []

    def __call__(self, questions: Sequence[Question[Any]]) -> Replies[Any]:
        self.rounds.append(list(questions))
        replies = [self._reply(question) for question in questions]
        stopped = self._interrupted and bool(questions)
        return Replies(all=tuple(replies), interrupted=stopped, reason=STOPPED if stopped else "")

    @property
    def questions(self) -> list[Question[Any]]:
        return [question for questions in self.rounds for question in questions]

    def _reply(self, question: Question[Any]) -> Reply[Any]:
        if self._interrupted:
            return Reply(fault=STOPPED)
        said = self._answer(question)
        if "fault" in said:
            return Reply(fault=said["fault"])
        usage = Usage(input_tokens=1_000, output_tokens=question.request.max_output_tokens)
        answer = question.read(json.dumps(said))
        return Reply(answer=answer, model=question.model.id, calls=(call_of(usage, question.model),))


def says(**of_all: Any) -> Answer:
    """The same verdict on every claim of a question."""

    def answer(question: Question[Any]) -> dict[str, Any]:
        return {"verdicts": [verdict(name, **of_all) for name in claims(question.request.question)]}

    return answer


def claims(question: str) -> list[str]:
    return re.findall(r"^(C[0-9]+): ", question, flags=re.MULTILINE)


def verdicts_of(findings: Iterable[Finding]) -> list[str]:
    return [each.verification.standing.value if each.verification else "" for each in findings]
