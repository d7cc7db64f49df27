from __future__ import annotations

from dataclasses import dataclass, field

from app.comments import MOST_COMMANDS
from app.prose import Material, ProseQuestion, Reply, ask
from app.queue import HANDLING_SECONDS
from llm_runtime.catalog import find
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Completion, Request, StopReason, Usage


class Word(Reply):
    word: str


@dataclass
class Clumsy:
    """Answers in the wrong form at first."""

    spec: ModelSpec = field(default_factory=lambda: find("anthropic/claude-opus-5-5"))
    asked: list[Request] = field(default_factory=list)

    def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        return Completion(
            text='{"word": "yes"}' if len(self.asked) > 1 else "yes",
            provider="anthropic",
            model="claude-opus-5-5",
            usage=Usage(input_tokens=1, output_tokens=1),
            stop_reason=StopReason.END,
        )


def test_a_comment_full_of_questions_is_answered_before_its_job_is_ended() -> None:
    llm = Clumsy()

    ask(
        llm,
        ProseQuestion(
            role="You answer.", material=[Material("code", "x = 1")], question="Well?", reply=Word, asker="/ask"
        ),
    )

    seconds = [request.timeout_seconds for request in llm.asked]
    assert len(seconds) == 2
    assert MOST_COMMANDS * sum(each or float("inf") for each in seconds) < HANDLING_SECONDS


def test_a_question_is_guarded_like_a_review() -> None:
    llm = Clumsy()
    token = "ghp_" + "a1B2" * 9
    material = [Material("code", f"key = '{token}'  # \u202e tr0ub4dor&3")]

    ask(
        llm,
        ProseQuestion(role="You answer.", material=material, question="Well?", reply=Word, asker="/ask"),
        hidden=["tr0ub4dor&3"],
    )

    for request in llm.asked:
        assert "key = 'ghp_…[masked 36]'  # <U+202E> …[masked 11]" in request.context[0]
        assert "canary" in request.system
