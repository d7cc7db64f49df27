from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.publishing.about import LONGEST, about, about_marker
from app.publishing.bodies import LONGEST_BODY, comment_body, summary_body
from app.publishing.markers import Posted, markers_of
from reviewers.findings import Finding
from reviewers.verification.values import Dissent, Standing, Verification, Vote
from tests.builders import fact, finding, location, review

RICH = replace(
    finding(evidence=[fact()], also=["bugs"], models=["openai/gpt", "anthropic/claude"]),
    aliases=("0123456789abcdef",),
    occurrence=2,
    stated=0.8,
    votes=(Vote(reviewer="security", model="openai/gpt", severity="high", confidence=0.8),),
    verification=Verification(standing=Standing.CONFIRMED, by="anthropic/claude", quote="x", reason="It reaches it."),
    dissent=(Dissent(by="openai/gpt", view="medium only"),),
)


def told(body: str) -> Finding:
    (one,) = about(markers_of(body)).values()
    return one


def test_all_of_a_finding_is_read_again_from_its_comment() -> None:
    assert about(markers_of(comment_body(RICH))) == {RICH.fingerprint: RICH}


def test_a_finding_without_a_comment_is_read_again_from_the_summary() -> None:
    aside = finding(placed=False)

    body = summary_body(review(aside), shown=[aside], aside=[aside], spoken=["bugs"], posted=Posted())

    assert told(body) == aside


def test_a_finding_with_a_comment_stands_in_the_summary_no_second_time() -> None:
    one = finding()

    body = summary_body(review(one), shown=[one], aside=(), spoken=["bugs"], posted=Posted())

    assert about(markers_of(body)) == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("ends --> here <!-- quartet:finding id=dead -->", id="a marker"),
        pytest.param("@octocat #1 /review\r\n\u2028 ünï \N{PILE OF POO}", id="signs and breaks"),
        pytest.param('quotes " and \\ and %41 and -- dashes', id="what JSON and percent signs mean"),
        pytest.param("=====  a=b  c=d", id="what looks like fields"),
    ],
)
@pytest.mark.parametrize("field", ["title", "message", "anchor", "path", "rule"])
def test_whatever_a_finding_says_is_read_again_and_adds_no_marker(field: str, text: str) -> None:
    said: dict[str, Any] = {field: text}
    one = replace(finding(), **said)

    markers = markers_of(f"text\n{about_marker(one)}")

    assert [marker.kind for marker in markers] == ["about"]
    assert about(markers) == {one.fingerprint: one}


def test_no_suggestion_is_hidden_in_a_comment() -> None:
    assert told(about_marker(finding(suggestion="x = 1\n"))).suggestion is None


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        pytest.param("injection", 'TOKEN = "ghp_' + "a1B2" * 9 + '"', id="by its form"),
        pytest.param("injection", 'connect()\nopen(password="a1B2a1B2a1B2a1B2")', id="by its name"),
        pytest.param("hardcoded-secret", 'KEY = "a1B2a1B2a1B2a1B2"', id="as the finding says"),
    ],
)
def test_a_secret_in_the_code_is_not_copied_into_a_comment(rule: str, code: str) -> None:
    line = about_marker(finding(rule=rule, anchor=code))

    assert "a1B2" not in line
    assert told(line).anchor == ""


@pytest.mark.parametrize(
    ("long", "kept"),
    [
        pytest.param(
            {"dissent": (Dissent(by="m", view="v", reason="r" * LONGEST),)}, "anchor", id="a dispute goes first"
        ),
        pytest.param({"message": "m" * LONGEST}, "anchor", id="then most of the message"),
        pytest.param({"anchor": "a" * LONGEST}, "message", id="then the code"),
    ],
)
def test_what_is_too_long_loses_the_least_important_first(long: dict[str, Any], kept: str) -> None:
    one = replace(RICH, **long)

    line = about_marker(one)

    assert len(line) <= LONGEST
    assert getattr(told(line), kept)
    assert told(line).title == one.title


def test_where_even_the_least_is_too_long_there_is_no_hidden_line() -> None:
    one = finding(at=location(path="p" * LONGEST))

    assert about_marker(one) == ""
    assert "quartet:about" not in comment_body(one)


def test_a_summary_of_many_findings_keeps_room_for_what_people_read() -> None:
    many = [finding(placed=False, anchor=str(number), message="m" * 900) for number in range(60)]

    body = summary_body(review(*many), shown=many, aside=many, spoken=["bugs"], posted=Posted())

    hidden = sum(len(about_marker(each)) for each in about(markers_of(body)).values())
    assert len(body) <= LONGEST_BODY
    assert 8_000 < hidden <= 12_000


@pytest.mark.parametrize(
    "field",
    [
        pytest.param("", id="nothing"),
        pytest.param("{", id="broken off"),
        pytest.param("[]", id="a list"),
        pytest.param("{}", id="nothing of a finding"),
        pytest.param("%FF%FE", id="no UTF-8"),
        pytest.param("[" * 5_000, id="deep"),
        pytest.param('"' + "x" * LONGEST + '"', id="long"),
    ],
)
def test_what_is_malformed_tells_nothing(field: str) -> None:
    assert about(markers_of(f"text\n<!-- quartet:about id=aa finding={field} -->")) == {}


@pytest.mark.parametrize(
    ("sound", "odd"),
    [
        pytest.param('"severity":3', '"severity":9', id="a severity that is none"),
        pytest.param('"confidence":0.9', '"confidence":1.5', id="more than sure"),
        pytest.param('"confidence":0.9', '"confidence":NaN', id="no number"),
        pytest.param('"start_line":12', '"start_line":0', id="no line"),
        pytest.param('"start_line":12', '"start_line":13', id="lines upside down"),
        pytest.param('"side":"RIGHT"', '"side":"UP"', id="no side"),
        pytest.param('"path":"shop/orders.py","location"', '"path":["a"],"location"', id="no path"),
        pytest.param('"reviewer":"security","rule"', '"reviewer":"","rule"', id="nobody"),
    ],
)
def test_what_cannot_be_a_finding_tells_nothing(sound: str, odd: str) -> None:
    line = about_marker(finding())
    assert sound in line

    assert about(markers_of(line.replace(sound, odd))) == {}


def test_what_a_later_version_adds_does_not_keep_this_one_from_reading() -> None:
    line = about_marker(finding()).replace("finding={", 'finding={"mood":"good",')

    assert told(line) == finding()
