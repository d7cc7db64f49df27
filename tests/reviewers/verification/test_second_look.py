from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_runtime.messages import Call, Completion, Request, Usage
from llm_runtime.tokens import estimate_request
from reviewers.findings import Finding, Severity
from reviewers.panel import STOPPED, MultiModelCodeReviewer
from reviewers.questions import Question
from reviewers.review import total_cost
from reviewers.verification.second_look import due, second_look, without_second_look
from reviewers.verification.values import Standing
from tests.builders import fact, location, review
from tests.builders import second_look as said
from tests.llm_runtime.doubles import ScriptedLLM, completion
from tests.reviewers.verification.material import (
    FIRST_PASS,
    GUARD,
    LINE,
    OPUS,
    SOL,
    TERRA,
    Script,
    call_of,
    claim,
    claims,
    look,
    material,
    says,
    verdict,
    verdicts_of,
)

MEDIUM = claim(severity=Severity.MEDIUM)


@pytest.mark.parametrize(
    ("finding", "looked_at"),
    [
        pytest.param(claim(severity=Severity.CRITICAL), True, id="critical"),
        pytest.param(claim(severity=Severity.MEDIUM), True, id="medium"),
        pytest.param(claim(severity=Severity.LOW), False, id="low"),
        pytest.param(claim(severity=Severity.LOW, suggestion="    return 0"), True, id="low with a suggestion"),
        pytest.param(claim(models=(), evidence=[fact(source="firewall")]), False, id="words to its reviewers"),
        pytest.param(claim(models=(), evidence=[fact(source="ruff")]), True, id="what another tool alone reports"),
        pytest.param(claim(verification=said()), False, id="confirmed in an earlier run"),
        pytest.param(claim(verification=said(Standing.REFUTED)), False, id="refuted in an earlier run"),
        pytest.param(claim(verification=said(Standing.UNVERIFIED)), True, id="nobody could look at it then"),
    ],
)
def test_what_is_looked_at(finding: Finding, looked_at: bool) -> None:
    assert due(finding) is looked_at


@pytest.mark.parametrize(
    ("answer", "standing"),
    [
        pytest.param({"verdict": "confirmed", "quote": LINE}, "confirmed", id="confirmed by code"),
        pytest.param({"verdict": "confirmed", "quote": "return total"}, "confirmed", id="by a piece of a line"),
        pytest.param({"verdict": "confirmed", "quote": ""}, "unsure", id="confirmed by nothing"),
        pytest.param({"verdict": "confirmed", "quote": "raise ZeroDivisionError"}, "unsure", id="by invented code"),
        pytest.param({"verdict": "confirmed", "quote": "An empty list has no length."}, "unsure", id="by the claim"),
        pytest.param({"verdict": "unsure", "quote": ""}, "unsure", id="unsure"),
    ],
)
def test_a_verdict_is_worth_its_quote(answer: dict[str, str], standing: str) -> None:
    looked = second_look(review(MEDIUM, calls=FIRST_PASS), look(), Script(says(**answer)))

    assert verdicts_of(looked.findings) == [standing]


def test_what_is_refuted_leaves_the_findings_and_is_kept() -> None:
    looked = second_look(review(MEDIUM, calls=FIRST_PASS), look(), Script(says()))

    (refuted,) = looked.refuted
    assert looked.findings == ()
    assert refuted.verification is not None
    assert (refuted.verification.by, refuted.verification.quote) == (OPUS.id, GUARD)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param({"fault": "it is down"}, "it is down", id="no answer"),
        pytest.param({"verdicts": []}, "it was asked, and said nothing of this one", id="no verdict"),
        pytest.param({"verdicts": [verdict("C7")]}, "it was asked, and said nothing of this one", id="of another"),
    ],
)
def test_what_got_no_verdict_stays_unverified(answer: dict[str, Any], reason: str) -> None:
    (told,) = second_look(review(MEDIUM, calls=FIRST_PASS), look(), Script(lambda _: answer)).findings

    assert told.verification is not None
    assert (told.verification.standing, told.verification.reason) == (Standing.UNVERIFIED, reason)


def test_two_verdicts_that_contradict_each_other_are_none() -> None:
    both = {"verdicts": [verdict(), verdict(verdict="confirmed", quote=LINE)]}

    looked = second_look(review(MEDIUM, calls=FIRST_PASS), look(), Script(lambda _: both))

    assert verdicts_of(looked.findings) == ["unsure"]


def test_a_suggestion_that_does_not_hold_goes_and_the_finding_stays() -> None:
    offered = claim(severity=Severity.MEDIUM, suggestion="    return 1")
    script = Script(says(verdict="confirmed", quote=LINE, suggestion_holds=False))

    (told,) = second_look(review(offered, calls=FIRST_PASS), look(), script).findings

    assert told.suggestion is None


def test_claims_on_the_same_code_are_one_question() -> None:
    other = claim(severity=Severity.MEDIUM, rule="off-by-one", title="Another", at=location("shop/rate.py", 2))
    script = Script(says(verdict="unsure", quote=""))

    second_look(review(MEDIUM, other, calls=FIRST_PASS), look(), script)

    (question,) = script.questions
    assert claims(question.request.question) == ["C1", "C2"]


def test_a_small_chunk_is_shown_in_the_words_of_the_first_pass() -> None:
    script = Script(says())
    shown = look()

    second_look(review(MEDIUM, calls=FIRST_PASS), shown, script)

    (question,) = script.questions
    first = shown.material.plan.tasks[0].request
    assert (question.request.system, question.request.context) == (first.system, first.context)


def test_words_of_the_author_decide_nothing_even_where_they_are_written_like_code() -> None:
    shown = material()
    body = "Checked by the caller:\n     3 + if not rows: return 0"
    tasks = tuple(
        replace(
            task, request=replace(task.request, context=(f"{task.request.context[0]}\n{body}", task.request.context[1]))
        )
        for task in shown.plan.tasks
    )
    script = Script(says(quote="if not rows: return 0"))

    misled = replace(shown, plan=replace(shown.plan, tasks=tasks))
    done = second_look(review(MEDIUM, calls=FIRST_PASS), look(material=misled), script)

    (kept,) = done.findings
    assert "if not rows: return 0" in "".join(script.questions[0].request.context)
    assert kept.verification is not None
    assert kept.verification.standing is Standing.UNSURE


def test_what_a_claim_quotes_hides_nothing_from_who_looks() -> None:
    hiding = claim(anchor=f"{LINE}  # \U000e0053\U000e0041", message="Zero\u200b.", suggestion="    return 0\u202e")
    script = Script(says(verdict="unsure", quote=""))

    second_look(review(hiding, calls=FIRST_PASS), look(), script)

    (question,) = script.questions
    assert "# <U+E0053><U+E0041>" in question.request.question
    assert not any(hidden in question.request.question for hidden in "\U000e0053\u200b\u202e")


def test_of_a_large_chunk_only_the_code_around_the_claims_is_shown() -> None:
    paths = ["shop/rate.py", *(f"shop/part{number}.py" for number in range(400))]
    calls = tuple(call_of(Usage(input_tokens=40_000, output_tokens=6_000)) for _ in range(4))
    script = Script(says())

    second_look(review(MEDIUM, calls=calls), look(material=material(*paths)), script)

    (question,) = script.questions
    shown = "\n".join(question.request.context)
    assert "FILE shop/rate.py" in shown
    assert "FILE shop/part7.py" not in shown


def test_a_quote_of_a_masked_secret_stands_in_what_was_shown() -> None:
    def masked(text: str) -> str:
        return text.replace("total", "[secret]")

    script = Script(says(verdict="confirmed", quote="return [secret] / len(rows)"))

    looked = second_look(review(MEDIUM, calls=FIRST_PASS), look(material=material(masked=masked)), script)

    assert verdicts_of(looked.findings) == ["confirmed"]


def test_who_interrupts_keeps_the_findings_and_a_gap_says_so() -> None:
    looked = second_look(review(MEDIUM, calls=FIRST_PASS), look(), Script(says(), interrupted=True))

    assert verdicts_of(looked.findings) == ["not verified"]
    assert [(gap.reviewer, gap.reason) for gap in looked.gaps] == [("verification", "stopped before it was answered")]


def test_who_interrupts_the_threads_loses_no_finding() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    text = json.dumps({"verdicts": [verdict(verdict="confirmed", quote=LINE)]})
    panel = MultiModelCodeReviewer({f"verification:{OPUS.id}": ScriptedLLM(OPUS, completion(text))})

    looked = second_look(review(MEDIUM, calls=FIRST_PASS), look(), lambda questions: panel.ask(questions, interrupt))

    assert len(looked.findings) == 1
    assert [gap.reason for gap in looked.gaps] == [STOPPED]


def test_after_an_interrupted_first_pass_nobody_looks() -> None:
    left = without_second_look(review(MEDIUM, claim(severity=Severity.LOW), calls=FIRST_PASS))

    assert verdicts_of(left.findings) == ["not verified", ""]


def test_what_was_refuted_in_an_earlier_run_is_not_asked_again_nor_told() -> None:
    script = Script(says())
    old = claim(verification=said(Standing.REFUTED))

    looked = second_look(review(old, calls=FIRST_PASS), look(), script)

    assert script.questions == []
    assert (looked.findings, looked.refuted) == ((), (old,))


def test_the_least_severe_go_without_when_the_money_is_short() -> None:
    script = Script(says(verdict="confirmed", quote=LINE))
    others = [
        claim(severity=Severity.MEDIUM, rule="regression", title=f"Number {number}", message="Words. " * 250)
        for number in range(12)
    ]
    worst = claim(severity=Severity.CRITICAL)
    calls = (call_of(Usage(input_tokens=20_000, output_tokens=4_500)),)

    looked = second_look(review(worst, *others, calls=calls), look(), script)

    assert verdicts_of(looked.findings)[0] == "confirmed"
    assert verdicts_of(looked.findings)[-1] == "not verified"


def test_unknown_prices_are_capped_by_tokens() -> None:
    calls = (Call(provider="openai", model="house", usage=Usage(input_tokens=1_000, output_tokens=10)),)
    script = Script(says())

    looked = second_look(review(MEDIUM, calls=calls), look(price=lambda *_: None), script)

    assert script.questions == []
    assert verdicts_of(looked.findings) == ["not verified"]


def test_what_earlier_attempts_cost_counts() -> None:
    script = Script(says(verdict="confirmed", quote=LINE))

    looked = second_look(review(MEDIUM, calls=()), look(earlier_usd=Decimal("0.2")), script)

    assert verdicts_of(looked.findings) == ["confirmed"]


@pytest.mark.parametrize(
    ("tokens", "asked"),
    [pytest.param(6_000, 1, id="money for one answer"), pytest.param(60_000, 2, id="money for two")],
)
def test_an_answer_that_breaks_its_form_is_asked_for_again_where_there_is_money_for_that(
    tokens: int, asked: int
) -> None:
    def rubbish(request: Request) -> Completion:
        spent = Usage(input_tokens=estimate_request(request), output_tokens=request.max_output_tokens)
        return replace(completion("rubbish"), calls=(call_of(spent, OPUS),))

    verifier = ScriptedLLM(OPUS, rubbish)
    calls = (call_of(Usage(input_tokens=10_000, output_tokens=tokens)),)

    looked = second_look(
        review(MEDIUM, calls=calls), look(), MultiModelCodeReviewer({f"verification:{OPUS.id}": verifier}).ask
    )

    own, more = total_cost(calls), total_cost(looked.calls[1:])
    assert len(verifier.requests) == asked
    assert own is not None
    assert more is not None
    assert more <= own * Decimal("0.35")
    assert verdicts_of(looked.findings) == ["not verified"]


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.sampled_from(Severity), min_size=1, max_size=25),
    st.integers(0, 30_000),
    st.integers(0, 30_000),
    st.sampled_from([(OPUS,), (OPUS, TERRA), (TERRA,), (SOL,)]),
)
def test_second_looks_never_cost_more_than_their_share(
    severities: list[Severity], tokens_in: int, tokens_out: int, at_hand: tuple[Any, ...]
) -> None:
    findings = [claim(severity=each, title=f"Number {number}") for number, each in enumerate(severities)]
    calls = (call_of(Usage(input_tokens=tokens_in, output_tokens=tokens_out)),)

    def answer(question: Question[Any]) -> dict[str, Any]:
        if "one dispute" in question.request.question:
            return {"stance": "hold", "quote": LINE, "reason": "It divides."}
        return says()(question)

    looked = second_look(review(*findings, calls=calls), look(at_hand), Script(answer))

    own, more = total_cost(calls), total_cost(looked.calls[1:])
    assert own is not None
    assert more is not None
    assert more <= own * Decimal("0.35")
    assert len(looked.findings) + len(looked.refuted) == len(findings)
