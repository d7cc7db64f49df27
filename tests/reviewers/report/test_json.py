import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reviewers.diff import Side
from reviewers.report.json import render
from reviewers.review import Review
from tests.builders import call, coverage, diff, fact, failed_call, finding, gap, location, review, skipped, target
from tests.reviewers.report.sample import DIFF, REVIEW

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schema/review.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


@pytest.mark.parametrize(
    "reviewed",
    [
        pytest.param(REVIEW, id="the sample"),
        pytest.param(review(), id="clean"),
        pytest.param(review(looked_at=coverage(0), calls=(), reviewers=(), models_asked=False, note="x"), id="nothing"),
        pytest.param(review(finding(placed=False, path="", anchor="", cwe=None)), id="about the whole change"),
        pytest.param(review(finding(at=location(side=Side.LEFT), evidence=[fact()])), id="on a removed line"),
        pytest.param(review(finding(aliases=["0123456789abcdef"], also=["bugs"])), id="merged"),
        pytest.param(review(calls=[failed_call(), call(cost_usd=None)]), id="unknown price"),
        pytest.param(review(of=target(kind="diff", base="", head="", url=""), gaps=[gap(path="")]), id="a bare diff"),
    ],
)
def test_every_review_keeps_the_schema(reviewed: Review) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(_document(reviewed))] == []


def test_the_schema_itself_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(["schema"], "quartet.review/2", id="another version"),
        pytest.param(["findings", 0, "severity"], "bad", id="a severity that is none"),
        pytest.param(["findings", 0, "start_line"], None, id="placed without a line"),
        pytest.param(["findings", 0, "placed"], False, id="a line without a place"),
        pytest.param(["findings", 0, "confidence"], 90, id="a confidence in per cent"),
        pytest.param(["findings", 0, "cwe"], "89", id="a bare weakness"),
        pytest.param(["findings", 0, "id"], "x", id="an id that is no fingerprint"),
        pytest.param(["findings", 0, "more"], 1, id="a key nobody knows"),
        pytest.param(["usage", "cost_usd"], "0.1", id="a cost in words"),
        pytest.param(["usage", "by_model", 0, "more"], 1, id="a key of a model nobody knows"),
        pytest.param(["coverage", "changed_lines"], -1, id="a negative count"),
    ],
)
def test_the_schema_catches_mistakes(path: list[str | int], value: object) -> None:
    document = _document(REVIEW)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    assert list(VALIDATOR.iter_errors(document))


def test_a_finding_says_where_it_stands_and_who_found_it() -> None:
    (first,) = _document(review(finding(at=location(end_line=14), also=["bugs"], evidence=[fact()])))["findings"]

    assert (first["path"], first["start_line"], first["end_line"], first["side"]) == ("shop/orders.py", 12, 14, "RIGHT")
    assert first["reviewers"] == ["security", "bugs"]
    assert first["evidence"][0]["source"] == "ruff"
    assert first["evidence"][0]["rule"] == "S608"
    assert first["id"] == finding(at=location(end_line=14)).fingerprint


def test_an_unplaced_finding_has_no_lines() -> None:
    (first,) = _document(review(finding(placed=False)))["findings"]

    assert (first["placed"], first["start_line"], first["end_line"], first["side"]) == (False, None, None, None)


def test_no_part_of_a_cent_is_lost() -> None:
    calls = [call(cost_usd=Decimal("0.1")), call(cost_usd=Decimal("0.2")), call(cost_usd=Decimal("0.0000015"))]

    assert '"cost_usd": 0.3000015,' in render(review(calls=calls), diff())


def test_an_unknown_price_is_null_for_its_model_and_the_whole() -> None:
    usage = _document(review(calls=[call(), call(), call(model="mystery", cost_usd=None), failed_call()]))["usage"]

    assert usage["cost_usd"] is None
    assert [
        (model["model"], model["calls"], model["failed_calls"], model["cost_usd"]) for model in usage["by_model"]
    ] == [
        ("gpt-6.1-sol", 3, 1, 0.025),
        ("mystery", 1, 0, None),
    ]


def test_skipped_files_and_gaps_are_listed_in_full() -> None:
    skips = [skipped(f"v/{number}.js", "vendored", 1) for number in range(3_000)]
    document = _document(review(looked_at=coverage(3_004, skips=skips), gaps=[gap()] * 300))

    assert len(document["coverage"]["skipped"]) == 3_000
    assert len(document["gaps"]) == 300


def test_hidden_characters_are_written_as_escapes_and_mean_the_same() -> None:
    text = render(review(finding(anchor="a\u202eb\x9bc\U000e0041 日本語")), diff())

    assert "a\\u202eb\\u009bc\\udb40\\udc41 日本語" in text
    assert json.loads(text)["findings"][0]["anchor"] == "a\u202eb\x9bc\U000e0041 日本語"


def test_a_lone_surrogate_is_replaced() -> None:
    assert _document(review(finding(title="a\ud800b")))["findings"][0]["title"] == "a\ufffdb"


def test_keys_stand_in_the_order_of_the_sample() -> None:
    assert list(_document(REVIEW)) == list(_document(review()))
    assert render(REVIEW, DIFF) == render(REVIEW, DIFF)


def _document(reviewed: Review) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(reviewed, DIFF))
    return document


def test_the_code_of_a_finding_shows_no_secret() -> None:
    password = "tr0ub4dor" + "&3x9"
    secret = finding(rule="hardcoded-secret", anchor=f'PASSWORD = "{password}"')

    (told,) = json.loads(render(review(secret), diff()))["findings"]

    assert told["anchor"] == 'PASSWORD = "…[masked 13]"'
    assert told["id"] == secret.fingerprint
