from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_runtime.tokens import CharacterBasedEstimator

CODE = """def total(orders: list[Order], *, taxRate: float = 0.19) -> Decimal:
    return sum((order.price * (1 + taxRate) for order in orders), Decimal(0))
"""


@pytest.mark.parametrize(
    ("text", "o200k"),
    [
        pytest.param(CODE, 45, id="code"),
        pytest.param("hello world", 2, id="words"),
        pytest.param("e3b0c44298fc1c149afbf4c8996fb92427ae41e4", 24, id="a hash"),
        pytest.param("你好，世界。这是一个测试文件", 8, id="Chinese"),
        pytest.param("これは日本語のコメントです", 6, id="Japanese"),
        pytest.param("Привет, мир, это комментарий", 8, id="Russian"),
        pytest.param("😀😀🎉", 4, id="emoji"),
        pytest.param("𒀀𒀁𒀂", 12, id="cuneiform"),
        pytest.param("\n" * 100_000, 6_250, id="blank lines"),
        pytest.param(" " * 100_000, 782, id="blanks"),
        pytest.param("", 0, id="nothing"),
    ],
)
def test_an_estimate_is_not_below_what_a_tokenizer_counts_and_not_absurdly_above(text: str, o200k: int) -> None:
    estimate = CharacterBasedEstimator().count(text)

    assert o200k <= estimate <= 4 * o200k


@given(st.text())
def test_no_text_has_more_tokens_than_bytes(text: str) -> None:
    assert 0 <= CharacterBasedEstimator().count(text) <= len(text.encode(errors="surrogatepass"))
