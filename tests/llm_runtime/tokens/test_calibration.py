"""How near estimates come to tokenizers of very different kinds, on code that people wrote."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from statistics import mean, quantiles

import pytest

from llm_runtime.messages import Request
from llm_runtime.tokens import CalibratedEstimator, CharacterBasedEstimator, TiktokenEstimator, estimate_request
from llm_runtime.tokens.remembered import RememberedCounts
from llm_runtime.tokens.vocabulary import cache_directory
from tests.llm_runtime.doubles import completion

Tokenizer = Callable[[str], int]
Corpus = Callable[[], tuple[str, ...]]

ROOT = Path(__file__).parents[3]
DIFFS = Path(os.environ.get("QUARTET_SHARED", ROOT.parent / "shared")) / "diffs"
CALLS = 20
ORDERS = 3
SIZES = range(400, 200_000)
INSTRUCTIONS = (ROOT / "README.md").read_text()[:8_000]
WRAPPING = 30
"""Tokens that the vendor puts around every request."""

_PIECE = re.compile(r" ?[^\W\d_]+|\d{1,3}| ?[^\s\w]+|_|\s+")
_WORD = re.compile(r"[^\W_]+")
_MARK = re.compile(r"[^\w\s]")


def words_and_marks(text: str) -> int:
    """The rule of thumb that most clients use."""
    return round(1.3 * len(_WORD.findall(text))) + len(_MARK.findall(text)) + text.count("\n")


def long_pieces(text: str) -> int:
    """Cuts as byte-pair tokenizers do, with a large vocabulary."""
    return sum(-(-len(piece) // 7) for piece in _PIECE.findall(text))


def short_pieces(text: str) -> int:
    """The same with a small vocabulary: a third more tokens than we estimate, who estimate too many."""
    return sum(-(-len(piece) // 3) for piece in _PIECE.findall(text))


def o200k(text: str) -> int:
    """What OpenAI's models count with, where its file is on this machine."""
    return _vocabulary().count(text)


@cache
def _vocabulary() -> TiktokenEstimator:
    estimator = TiktokenEstimator(cache_directory(os.environ))
    if not estimator.exact:
        pytest.skip(estimator.obstacle)
    return estimator


@cache
def sources() -> tuple[str, ...]:
    """This project's own code."""
    return _texts(file for folder in ("app", "reviewers", "llm_runtime") for file in (ROOT / folder).rglob("*.py"))


@cache
def diffs() -> tuple[str, ...]:
    """Changes that others made to theirs, in thirteen languages."""
    if not DIFFS.is_dir():
        pytest.skip(f"there are no diffs in {DIFFS}")
    return _texts(DIFFS.glob("*.diff"))


def _texts(files: Iterable[Path]) -> tuple[str, ...]:
    texts = [file.read_text(errors="replace") for file in sorted(files)]
    return tuple(text for text in texts if len(text) in SIZES)


_COUNTS = RememberedCounts(CharacterBasedEstimator(), texts=10_000)


def errors_after_twenty_calls(code: Iterable[str], tokenizer: Tokenizer, *, system: str = "") -> list[float]:
    """How far each estimate is from what is counted, when the first twenty calls were learned from."""
    errors: list[float] = []
    counted = {text: tokenizer(text) + tokenizer(system) + WRAPPING for text in code}
    for order in range(ORDERS):
        texts = list(counted)
        random.Random(order).shuffle(texts)
        estimator = CalibratedEstimator(_COUNTS)
        for text in texts[:CALLS]:
            answer = completion(input_tokens=counted[text])
            estimator.observe(Request(system=system, question=text), "openai/a", answer)
        for text in texts[CALLS:]:
            estimated = estimator.estimate(Request(system=system, question=text), "openai/a")
            errors.append(abs(estimated / counted[text] - 1))
    return errors


@pytest.mark.parametrize("corpus", [sources, diffs])
@pytest.mark.parametrize("tokenizer", [words_and_marks, long_pieces, short_pieces, o200k])
def test_after_twenty_calls_on_code_the_error_is_below_a_tenth(corpus: Corpus, tokenizer: Tokenizer) -> None:
    assert mean(errors_after_twenty_calls(corpus(), tokenizer)) < 0.10


@pytest.mark.parametrize("corpus", [sources, diffs])
@pytest.mark.parametrize("tokenizer", [long_pieces, short_pieces, o200k])
def test_with_the_instructions_of_a_review_before_the_code_it_is_so_in_nine_of_ten_calls(
    corpus: Corpus, tokenizer: Tokenizer
) -> None:
    assert quantiles(errors_after_twenty_calls(corpus(), tokenizer, system=INSTRUCTIONS), n=10)[-1] < 0.10


def test_it_is_the_calls_that_teach_it() -> None:
    untaught = [estimate_request(Request(system="", question=text)) / short_pieces(text) for text in sources()]

    assert mean(abs(part - 1) for part in untaught) > 0.25
