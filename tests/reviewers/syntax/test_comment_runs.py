from __future__ import annotations

import pytest

from reviewers.syntax.comment_runs import stalls
from reviewers.syntax.tree import parse

every_run = pytest.mark.parametrize("line", ["# as long as it takes to say\n", "x = \\\n", "    // nothing\n"])


@every_run
def test_a_text_that_a_grammar_gets_stuck_in_is_not_parsed(line: str) -> None:
    assert parse(line * 6_000, "python") is None


@every_run
def test_a_long_comment_is_parsed(line: str) -> None:
    assert parse(line * 300, "python") is not None


def test_comments_with_code_between_them_are_no_run() -> None:
    assert not stalls("# a comment of some length\nx = 1\n" * 10_000)
