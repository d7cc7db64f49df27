from __future__ import annotations

from dataclasses import replace

import pytest

from app.github.threads import fixed
from app.publishing.bodies import comment_body
from app.publishing.retold import finding_in
from reviewers.findings import Finding, Severity
from tests.builders import fact, finding, location

PLACE = location()


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(finding(), id="usual"),
        pytest.param(finding(models=[], cwe=None), id="by tools alone"),
        pytest.param(finding(suggestion="x = 1\n", evidence=[fact()]), id="with a suggestion and evidence"),
        pytest.param(finding(message="First.\n\nSecond <b> & *third*."), id="of several paragraphs"),
        pytest.param(finding(title="**Critical · bold** | x_y `z` @octocat #1"), id="with signs in its title"),
        pytest.param(finding(message="**Critical · Another**\n\nbugs/logic-error · me"), id="that plays another"),
        pytest.param(finding(severity=Severity.LOW, also=["bugs"], reviewer="house-style"), id="by a house reviewer"),
    ],
)
def test_a_comment_tells_who_says_what_under_which_rule(told: Finding) -> None:
    read = finding_in(comment_body(told), PLACE)

    assert read is not None
    assert (read.reviewer, read.rule, read.severity) == (told.reviewer, told.rule, told.severity)
    assert (read.title, read.message) == (told.title, told.message)
    assert (read.path, read.location, read.anchor) == (PLACE.path, PLACE, "")


def test_a_line_that_says_fixed_is_no_part_of_it() -> None:
    told = finding()

    assert finding_in(fixed(comment_body(told), "a" * 40), PLACE) == finding_in(comment_body(told), PLACE)


def test_what_is_told_again_looks_as_it_did() -> None:
    told = finding(title="A <b> @octocat *c*", message="See [x](https://e.example) and `code`.\n\n- one\n- two")
    before = comment_body(told)

    read = finding_in(before, PLACE)

    assert read is not None
    again = comment_body(replace(told, title=read.title, message=read.message))
    assert again.split("<!--")[0] == before.split("<!--")[0]


@pytest.mark.parametrize(
    "body", ["", "Nice!", "**High · x**", "**Odd · x**\n\ny\n\nbugs/z", "security/injection · `aa`"]
)
def test_what_is_no_finding_is_read_as_none(body: str) -> None:
    assert finding_in(body, PLACE) is None
