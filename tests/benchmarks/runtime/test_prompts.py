from __future__ import annotations

import pytest

from tests.benchmarks.runtime.prompts import count_tokens, prompt


@pytest.mark.parametrize("tokens", [12, 13, 300, 1_651, 3_000])
def test_a_question_has_exactly_the_tokens_that_are_wanted(tokens: int) -> None:
    assert count_tokens(prompt(7, tokens, seed=1)) == tokens


def test_no_two_questions_are_the_same() -> None:
    assert len({prompt(number, 300, seed=1) for number in range(300)}) == 300


def test_a_question_cannot_be_shorter_than_its_first_line() -> None:
    with pytest.raises(ValueError, match="as short as 2"):
        prompt(7, 2, seed=1)
