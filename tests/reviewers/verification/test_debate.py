from __future__ import annotations

from typing import Any

import pytest

from llm_runtime.messages import Usage
from reviewers.findings import DroppedFact, Finding, Severity
from reviewers.questions import Question
from reviewers.review import Review
from reviewers.verification.second_look import second_look
from reviewers.verification.values import Vote
from tests.builders import fact, location, review
from tests.reviewers.verification.material import (
    FIRST_PASS,
    GUARD,
    LINE,
    MODELS,
    OPUS,
    SOL,
    TERRA,
    Script,
    call_of,
    claim,
    look,
    says,
)

RICH = tuple(call_of(Usage(input_tokens=40_000, output_tokens=20_000)) for _ in range(4))
HOLDS = {"stance": "hold", "quote": LINE, "reason": "It divides."}
HOLDS_BACK = {"stance": "hold", "quote": GUARD, "reason": "It asks."}
EMPTY = {"stance": "hold", "quote": "", "reason": "Trust me."}
YIELDS = {"stance": "yield", "quote": "", "reason": "I had missed it."}
UNSURE = {"stance": "unsure", "quote": "", "reason": "The caller is not shown."}
DOWN = {"fault": "it is down"}


def script(author: dict[str, Any], other: dict[str, Any], **verdict: Any) -> Script:
    """The author's family is OpenAI's, the other one Anthropic's."""

    def answer(question: Question[Any]) -> dict[str, Any]:
        if "one dispute" not in question.request.question:
            return says(**verdict)(question)
        return author if question.model.provider == "openai" else other

    return Script(answer)


def held(*findings: Finding, by: Script, calls: Any = RICH, **changes: Any) -> Review:
    return second_look(review(*findings, calls=calls, **changes), look(), by)


@pytest.mark.parametrize(
    ("author", "other", "verdict", "rounds"),
    [
        pytest.param(YIELDS, HOLDS_BACK, "refuted", 1, id="the author takes it back"),
        pytest.param(UNSURE, HOLDS_BACK, "refuted", 1, id="the author cannot show it"),
        pytest.param(EMPTY, HOLDS_BACK, "refuted", 1, id="the author shows no code"),
        pytest.param(DOWN, HOLDS_BACK, "refuted", 1, id="the author is not heard"),
        pytest.param(HOLDS, YIELDS, "confirmed", 2, id="the other is convinced"),
        pytest.param(HOLDS, UNSURE, "unsure", 2, id="the other is not sure any more"),
        pytest.param(HOLDS, EMPTY, "unsure", 2, id="the other shows no code this time"),
        pytest.param(HOLDS, HOLDS_BACK, "contested", 2, id="both show code"),
        pytest.param(HOLDS, DOWN, "contested", 2, id="the other is not heard again"),
    ],
)
def test_a_refuted_fault_that_would_be_bad_is_debated(
    author: dict[str, Any], other: dict[str, Any], verdict: str, rounds: int
) -> None:
    asked = script(author, other)

    done = held(claim(severity=Severity.CRITICAL), by=asked)

    (one,) = (*done.findings, *done.refuted)
    assert one.verification is not None
    assert one.verification.standing.value == verdict
    assert len(asked.rounds) == 1 + rounds
    assert (one in done.refuted) is (verdict == "refuted")


def test_who_stays_of_another_mind_is_kept_with_code_and_reason() -> None:
    (one,) = held(claim(severity=Severity.HIGH), by=script(HOLDS, HOLDS_BACK)).findings

    (dissent,) = one.dissent
    assert (dissent.by, dissent.view, dissent.quote, dissent.round) == (OPUS.id, "it is not a fault", GUARD, 2)


@pytest.mark.parametrize(
    ("finding", "at_hand"),
    [
        pytest.param(claim(severity=Severity.MEDIUM), OPUS, id="what is of medium severity"),
        pytest.param(claim(severity=Severity.HIGH), TERRA, id="two models of one family"),
        pytest.param(claim(severity=Severity.HIGH, models=()), OPUS, id="what tools alone reported"),
        pytest.param(claim(severity=Severity.HIGH, reviewer="wording"), OPUS, id="a reviewer that was not asked"),
    ],
)
def test_what_is_not_worth_a_debate(finding: Finding, at_hand: Any) -> None:
    asked = script(HOLDS, HOLDS)

    done = second_look(review(finding, calls=RICH), look((at_hand,)), asked)

    assert len(asked.rounds) == 1
    assert len(done.refuted) == 1


def test_without_money_the_refutation_stands() -> None:
    asked = script(HOLDS, YIELDS)
    poor = (call_of(Usage(input_tokens=20_000, output_tokens=12_000)),)

    done = held(claim(severity=Severity.HIGH), by=asked, calls=poor)

    assert len(asked.rounds) == 1
    assert len(done.refuted) == 1


def test_both_sides_read_the_words_of_the_other() -> None:
    asked = script(HOLDS, HOLDS_BACK)

    held(claim(severity=Severity.HIGH), by=asked)

    (first,), (second,) = asked.rounds[1:]
    assert "The other side: It asks." in first.request.question
    assert "The other side: It divides." in second.request.question
    assert "You: It asks." in second.request.question


def _voted(low: str, *, models: tuple[str, str] = (SOL.id, OPUS.id)) -> Finding:
    votes = [
        Vote(reviewer="security", model=models[0], severity="critical", confidence=0.9),
        Vote(reviewer="bugs", model=models[1], severity=low, confidence=0.8),
    ]
    return claim(reviewer="security", rule="injection", severity=Severity.CRITICAL, votes=votes, models=models)


@pytest.mark.parametrize(
    ("author", "other", "severity"),
    [
        pytest.param(YIELDS, HOLDS_BACK, Severity.MEDIUM, id="who says critical gives in"),
        pytest.param(HOLDS, YIELDS, Severity.CRITICAL, id="who says medium gives in"),
        pytest.param(HOLDS, HOLDS_BACK, Severity.HIGH, id="both show code"),
        pytest.param(DOWN, HOLDS_BACK, Severity.CRITICAL, id="nobody is heard"),
    ],
)
def test_severities_far_apart_are_debated(author: dict[str, Any], other: dict[str, Any], severity: Severity) -> None:
    asked = script(author, other, verdict="confirmed", quote=LINE)
    models = MODELS | {"bugs": OPUS}

    done = second_look(review(_voted("medium"), calls=RICH), look(models=models), asked)

    (one,) = done.findings
    assert one.severity is severity


@pytest.mark.parametrize(
    "finding",
    [
        pytest.param(_voted("high"), id="one step apart"),
        pytest.param(_voted("medium", models=(SOL.id, TERRA.id)), id="said by one family"),
    ],
)
def test_severities_near_each_other_or_of_one_family_are_not(finding: Finding) -> None:
    asked = script(YIELDS, HOLDS, verdict="confirmed", quote=LINE)

    done = second_look(review(finding, calls=RICH), look(models=MODELS | {"bugs": OPUS}), asked)

    assert len(asked.rounds) == 1
    assert done.findings[0].severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("author", "verdict"),
    [
        pytest.param(YIELDS, "refuted", id="the author takes it back"),
        pytest.param(UNSURE, "unsure", id="neither side shows code"),
        pytest.param(DOWN, "unsure", id="nobody is heard: as the second look left it"),
    ],
)
def test_a_false_alarm_to_one_and_a_finding_to_another_is_debated(author: dict[str, Any], verdict: str) -> None:
    report = fact(path="shop/rate.py", start_line=4, reviewer="bugs", rule="logic-error")
    dropped = DroppedFact(fact=report, reviewer="security", reason="The list is never empty.", model=OPUS.id)
    reported = claim(severity=Severity.HIGH, evidence=[report], at=location("shop/rate.py", 4))
    asked = script(author, YIELDS, verdict="unsure", quote="")
    models = MODELS | {"security": OPUS}

    done = second_look(review(reported, calls=RICH, dropped=[dropped]), look(models=models), asked)

    (one,) = (*done.findings, *done.refuted)
    assert one.verification is not None
    assert one.verification.standing.value == verdict


def test_a_debate_is_a_stage_of_its_own() -> None:
    done = held(claim(severity=Severity.HIGH), by=script(HOLDS, YIELDS))

    assert [stage.name for stage in done.stages] == ["review", "verification", "debate"]
    assert sum(len(stage.calls) for stage in done.stages) == len(done.calls)


def test_an_ordinary_first_pass_pays_for_a_second_look() -> None:
    done = held(claim(severity=Severity.MEDIUM), by=script(HOLDS, YIELDS), calls=FIRST_PASS)

    assert len(done.refuted) == 1
