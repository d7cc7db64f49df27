"""The layer around every model: nothing secret goes out, and an answer with the canary is void."""

from __future__ import annotations

import base64

import pytest

from llm_runtime.errors import MalformedOutput
from llm_runtime.llm import LLM, ModelSpec
from llm_runtime.messages import Completion, Exchange, Request, StopReason, Usage
from reviewers.firewall.guard import AnswerVoided, Guard, guarded
from tests.builders import call

GUARD = Guard.of("f" * 24, ["tr0ub4dor&3-x"])
SPEC = ModelSpec(provider="openai", name="gpt", context_window=1_000, max_output_tokens=100)


class Scripted:
    """An LLM that says one thing, or raises it."""

    spec = SPEC

    def __init__(self, says: str | MalformedOutput) -> None:
        self.says, self.asked = says, list[Request]()

    def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        if isinstance(self.says, MalformedOutput):
            raise self.says
        return _completion(self.says)


def _completion(text: str) -> Completion:
    return Completion(
        text=text, stop_reason=StopReason.END, usage=Usage(), provider="openai", model="gpt", calls=(call(),)
    )


def _behind_the_guard(llm: Scripted) -> LLM:
    return guarded({"security": llm}, GUARD)["security"]


def test_the_canary_stands_in_the_instructions_and_nowhere_else() -> None:
    llm = Scripted("{}")

    _behind_the_guard(llm).complete(Request(system="Review.", context=("code",), question="And?"))

    (request,) = llm.asked
    assert request.system.startswith("Review.")
    assert request.system.count(GUARD.canary) == 1
    assert GUARD.canary not in "".join((*request.context, request.question))


def test_secrets_are_masked_in_every_part_of_a_request() -> None:
    llm = Scripted("{}")
    token = "ghp_" + "a1B2" * 9
    said = f"tr0ub4dor&3-x {token}"

    _behind_the_guard(llm).complete(
        Request(system=said, context=(said, said), question=said, exchanges=(Exchange(said, said),))
    )

    (request,) = llm.asked
    assert "tr0ub4dor" not in repr(request)
    assert token not in repr(request)
    assert repr(request).count("[masked 36]") == 6


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'{{"m": "{GUARD.canary}"}}', id="as it is"),
        pytest.param(GUARD.canary.upper(), id="in capitals"),
        pytest.param(" ".join(GUARD.canary), id="spelt out"),
        pytest.param("-\u200b".join(GUARD.canary), id="with invisible letters between"),
        pytest.param(GUARD.canary[::-1], id="backwards"),
        pytest.param(GUARD.canary.encode().hex(), id="in hexadecimal"),
        *(
            pytest.param(
                base64.b64encode(f"{before}{GUARD.canary}!".encode()).decode(), id=f"in base64 after {before!r}"
            )
            for before in ("", "a", "ab", "abc")
        ),
    ],
)
def test_an_answer_that_gives_the_canary_away_is_void_and_was_paid_for(text: str) -> None:
    llm = Scripted(text)

    with pytest.raises(AnswerVoided, match="the answer was void") as raised:
        _behind_the_guard(llm).complete(Request(system="Review.", question="And?"))

    assert raised.value.calls == (call(),)
    assert GUARD.canary not in str(raised.value)


def test_a_malformed_answer_with_the_canary_is_not_asked_for_again() -> None:
    llm = Scripted(MalformedOutput("no JSON", completion=_completion(GUARD.canary)))

    with pytest.raises(AnswerVoided):
        _behind_the_guard(llm).complete(Request(system="Review.", question="And?"))


def test_a_malformed_answer_without_it_stays_one() -> None:
    llm = Scripted(MalformedOutput("no JSON", completion=_completion("hm")))

    with pytest.raises(MalformedOutput):
        _behind_the_guard(llm).complete(Request(system="Review.", question="And?"))


def test_an_honest_answer_passes() -> None:
    llm = _behind_the_guard(Scripted('{"findings": ["canary releases are fine"]}'))

    assert llm.complete(Request(system="", question="")).text == '{"findings": ["canary releases are fine"]}'
    assert llm.spec is SPEC


def test_runs_have_canaries_of_their_own_and_the_same_run_has_one() -> None:
    assert Guard.of("a").canary != Guard.of("b").canary
    assert Guard.of("a") == Guard.of("a")
    assert Guard.of("a").canary not in repr(Guard.of("a", ["secret-value"]))
