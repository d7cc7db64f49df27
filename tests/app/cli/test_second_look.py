"""Findings are put to another model before they are told: real SDKs, vendors on the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.app.cli.conftest import QUERY, Ended, Models, by_reviewer, findings, remark
from tests.fakes.models import Answer, Asked, Fails, Says, Spent, WrongKey, confirms, says, verdicts
from tests.repositories import Repository

Quartet = Callable[..., Ended]

SECURITY = ("review", "--reviewers", "security", "--format", "json")


def paid(answer: Answer, *, output: int = 12_000) -> Answer:
    """The answer with what such a question costs really, beside which a second look is small."""
    assert isinstance(answer, Says)
    return replace(answer, spent=Spent(input=6_000, output=output))


def found(**changes: Any) -> Answer:
    return paid(findings(remark(**changes)))


def says_of_all(verdict: str, **changes: Any) -> Callable[[Asked], Answer]:
    return lambda asked: verdicts(asked, verdict, **changes) if "a second look" in asked.prompt else confirms(asked)


def other_vendor(models: Models, looks_again: Callable[[Asked], Answer] = confirms, **changes: Any) -> None:
    """Security asks Anthropic first, so that OpenAI looks again."""
    models.anthropic(found(**changes))
    models.openai(says("never asked"), looks_again=looks_again)


def test_a_refuted_finding_is_not_told_and_kept_with_who_refuted_it_and_why(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    other_vendor(models, says_of_all("refuted"))

    ended = quartet(*SECURITY)

    (refuted,) = ended.json["refuted"]
    assert "injection" not in [each["rule"] for each in ended.json["findings"]]
    assert refuted["verification"] == {
        "verdict": "refuted",
        "model": "openai/gpt-6.1-sol",
        "quote": QUERY,
        "reason": "It is refuted, as the line says.",
    }


def test_a_second_look_is_blind(shop: Repository, models: Models, quartet: Quartet) -> None:
    other_vendor(models, severity="critical", confidence=0.97)

    quartet(*SECURITY)

    (asked,) = models.vendors["openai"].looked_again
    _, _, question = asked.prompt.rpartition("Your speciality now: a second look.")
    assert "A customer's name reaches the query" in question
    assert QUERY.strip() in question
    for told in ("critical", "0.97", "97 %", "security", "Security", "claude", "anthropic", "opus"):
        assert told not in question


def test_a_second_look_begins_with_the_words_of_the_first(shop: Repository, models: Models, quartet: Quartet) -> None:
    other_vendor(models)

    quartet(*SECURITY)

    (first,), (second,) = models.vendors["anthropic"].asked, models.vendors["openai"].looked_again
    assert second.system == first.system
    assert second.prompt.startswith("\n\n".join(first.context))
    assert second.effort == "low"


def test_a_confirmed_finding_says_by_whom_and_is_surer_than_its_author(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    other_vendor(models, confidence=0.7)

    (said,) = [each for each in quartet(*SECURITY).json["findings"] if each["rule"] == "injection"]

    assert said["verification"]["verdict"] == "confirmed"
    assert said["stated_confidence"] == 0.7
    assert said["confidence"] > 0.7


@pytest.mark.parametrize(
    ("verdict", "quote"),
    [
        pytest.param("unsure", "", id="unsure"),
        pytest.param("refuted", "if name in ALLOWED:", id="a refutation by code that is not there"),
        pytest.param("confirmed", "db.execute(query, unchecked)", id="a confirmation by code that is not there"),
    ],
)
def test_what_stays_unsure_loses_confidence(
    shop: Repository, models: Models, quartet: Quartet, verdict: str, quote: str
) -> None:
    other_vendor(models, says_of_all(verdict, quote=quote))

    ended = quartet(*SECURITY)

    (said,) = [each for each in ended.json["findings"] if each["rule"] == "injection"]
    assert said["verification"]["verdict"] == "unsure"
    assert said["confidence"] < said["stated_confidence"] == 0.9


def test_what_too_little_speaks_for_is_counted_and_not_told(shop: Repository, models: Models, quartet: Quartet) -> None:
    other_vendor(models, says_of_all("unsure", quote=""))
    weak = findings(remark(severity="medium", confidence=0.6), dropped={"E1": "It is another fault."})
    models.anthropic(paid(weak))

    ended = quartet(*SECURITY)

    (below,) = [each for each in ended.json["below_threshold"] if each["finding"]["rule"] == "injection"]
    assert "injection" not in [each["rule"] for each in ended.json["findings"]]
    assert below["reason"].endswith("medium findings are told from 0.55 on")
    assert "not told, as too little speaks for" in ended.json["note"]


@pytest.mark.parametrize("failure", [Fails(status=400), WrongKey()])
def test_without_its_second_look_a_finding_is_told_with_a_word(
    shop: Repository, models: Models, quartet: Quartet, failure: Answer
) -> None:
    other_vendor(models, lambda _: failure)

    ended = quartet(*SECURITY)

    (said,) = [each for each in ended.json["findings"] if each["rule"] == "injection"]
    assert ended.status == 0
    assert said["verification"]["verdict"] == "not verified"
    assert "not verified by a second model: openai" in ended.json["note"]


def test_with_one_vendor_another_model_of_it_looks(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(found())

    quartet(*SECURITY)

    (asked,) = models.vendors["openai"].looked_again
    assert (models.asked[0].model, asked.model) == ("gpt-6.1-sol", "gpt-6.1-terra")
    assert "advocate of this change" not in asked.prompt


def test_one_model_alone_argues_against_itself(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.openai(found())

    quartet(*SECURITY, "--model", "openai/gpt-6.1-sol")

    (asked,) = models.vendors["openai"].looked_again
    assert asked.model == "gpt-6.1-sol"
    assert "advocate of this change" in asked.prompt


def test_code_goes_to_no_model_beside_those_that_are_named(shop: Repository, models: Models, quartet: Quartet) -> None:
    other_vendor(models)

    quartet(*SECURITY, "--model", "anthropic/claude-opus-5-5")

    assert models.vendors["openai"].looked_again == []
    assert [each.model for each in models.vendors["anthropic"].looked_again] == ["claude-opus-5-5"]


def test_the_repository_names_who_looks(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.anthropic(found())
    models.openai(found())
    models.gemini(found())
    shop.write({".quartet.yml": "verification: {model: gemini/gemini-4-argon}\n"})

    quartet(*SECURITY)

    assert [len(vendor.looked_again) for vendor in models.vendors.values()] == [0, 0, 1]


def test_the_repository_may_do_without(shop: Repository, models: Models, quartet: Quartet) -> None:
    other_vendor(models)
    shop.write({".quartet.yml": "verification: {enabled: false}\n"})

    (said,) = [each for each in quartet(*SECURITY).json["findings"] if each["rule"] == "injection"]

    assert models.vendors["openai"].looked_again == []
    assert said["verification"] is None


def test_what_is_minor_and_suggests_nothing_is_not_looked_at(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    shop.commit({"orders.py": "def orders_of(db, name):\n    return db.rows(name)\n"})
    quote = "return db.rows(name)"
    other_vendor(models, severity="low", quote=quote)

    quartet(*SECURITY)

    assert models.vendors["openai"].looked_again == []


def test_second_looks_cost_less_than_a_third_of_the_first_pass(
    shop: Repository, models: Models, quartet: Quartet
) -> None:
    def first(asked: Asked) -> Answer:
        answer = by_reviewer(
            security=findings(remark()), bugs=findings(remark(rule="api-misuse", line=None, title="Wrong words"))
        )(asked)
        assert isinstance(answer, Says)
        return replace(answer, spent=_spent(asked, output=2_000))

    def wordy(asked: Asked) -> Answer:
        answer = confirms(asked)
        assert isinstance(answer, Says)
        return replace(answer, spent=_spent(asked, output=asked.max_output_tokens))

    models.anthropic(first, looks_again=wordy)
    models.openai(first, looks_again=wordy)

    usage = quartet("review", "--format", "json").json["usage"]

    cost = {stage["stage"]: stage["cost_usd"] for stage in usage["by_stage"]}
    assert cost["review"] > 0
    assert 0 < cost["verification"] < 0.35 * cost["review"]
    assert usage["cost_usd"] == pytest.approx(sum(cost.values()))


def test_what_there_is_no_money_for_is_told_without(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.anthropic(findings(remark()))
    models.openai(findings())

    ended = quartet(*SECURITY)

    (said,) = [each for each in ended.json["findings"] if each["rule"] == "injection"]
    assert models.vendors["openai"].looked_again == []
    assert said["verification"]["verdict"] == "not verified"
    assert "to keep second looks under 35 %" in said["verification"]["reason"]


def test_a_cap_that_is_reached_loses_no_finding(shop: Repository, models: Models, quartet: Quartet) -> None:
    models.anthropic(paid(findings(remark()), output=19_000))
    models.openai(findings())

    ended = quartet(*SECURITY, "--max-cost", "0.42")

    (said,) = [each for each in ended.json["findings"] if each["rule"] == "injection"]
    assert models.vendors["openai"].looked_again == []
    assert said["verification"]["verdict"] == "not verified"


def test_families_that_disagree_on_what_is_bad_debate_it(shop: Repository, models: Models, quartet: Quartet) -> None:
    holds = says({"stance": "hold", "quote": QUERY.strip(), "reason": "Nothing checks the name."})
    models.anthropic(found(), looks_again=lambda _: holds)
    models.openai(
        findings(),
        looks_again=lambda asked: (
            verdicts(asked, "refuted")
            if "a second look" in asked.prompt
            else says({"stance": "yield", "quote": "", "reason": "I took it for a constant."})
        ),
    )

    ended = quartet(*SECURITY)

    (said,) = [each for each in ended.json["findings"] if each["rule"] == "injection"]
    assert ended.json["refuted"] == []
    assert said["verification"]["verdict"] == "confirmed"
    assert [stage["stage"] for stage in ended.json["usage"]["by_stage"]] == ["review", "verification", "debate"]


def _spent(asked: Asked, *, output: int) -> Spent:
    return Spent(input=len(f"{asked.system}{asked.prompt}") // 4, output=output)
