from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.configuration.globs import any_of, matches


@pytest.mark.parametrize(
    ("pattern", "name", "meant"),
    [
        ("main", "main", True),
        ("main", "feature/main", False),
        ("*", "main", True),
        ("*", "a/b", False),
        ("**", "a/b", True),
        ("release/*", "release/1", True),
        ("release/*", "release/", True),
        ("release/*", "release/1/2", False),
        ("release/**", "release/1/2", True),
        ("*-fix", "a-fix", True),
        ("*-fix", "a-fix-not", False),
        ("a*b*c", "aXbYc", True),
        ("v1.0", "v1x0", False),
        ("", "", True),
        ("", "a", False),
        ("***", "a/b", True),
    ],
)
def test_a_pattern_means_whole_names(pattern: str, name: str, meant: bool) -> None:
    assert matches(pattern, name) is meant


def test_the_last_pattern_that_says_anything_decides() -> None:
    patterns = ["**", "!wip/**", "wip/good"]

    assert [any_of(patterns, name) for name in ("a/b", "wip/a", "wip/good")] == [True, False, True]


@given(st.text("ab*/", max_size=8), st.text("ab/", max_size=8))
def test_patterns_mean_what_the_same_expression_means(pattern: str, name: str) -> None:
    parts = re.split(r"(\*+)", pattern)
    expression = "".join(
        (".*" if len(part) > 1 else "[^/]*") if part.startswith("*") else re.escape(part) for part in parts
    )

    assert matches(pattern, name) is bool(re.fullmatch(expression, name))


def test_a_branch_cannot_be_named_so_that_the_answer_takes_long() -> None:
    begun = time.process_time()

    assert not matches("*a" * 90 + "b", "a" * 250)
    assert time.process_time() - begun < 5
