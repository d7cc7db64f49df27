from __future__ import annotations

import pytest

from llm_runtime.analytics.answer import Answer, Column, Kind, Share


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # The examples of R. G. Newcombe, Statistics in Medicine 17 (1998), pages 857-872, table I, method 3.
        pytest.param(81, 263, 0.2553, 0.3662, id="many"),
        pytest.param(15, 148, 0.0624, 0.1605, id="few of many"),
        pytest.param(0, 20, 0.0, 0.1611, id="none"),
        pytest.param(1, 29, 0.0061, 0.1718, id="one"),
        pytest.param(20, 20, 0.8389, 1.0, id="all"),
        pytest.param(0, 0, 0.0, 1.0, id="nothing known"),
    ],
)
def test_the_interval_of_a_share_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    share = Share(part, whole)

    assert [share.low, share.high] == pytest.approx([low, high], abs=5e-5)


def test_a_share_of_fewer_than_twenty_is_not_enough() -> None:
    assert not Share(19, 19).enough
    assert Share(0, 20).enough


@pytest.mark.parametrize(("part", "whole"), [(-1, 3), (4, 3), (0, -1)])
def test_more_than_all_is_no_share(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        Share(part, whole)


def test_a_row_that_lacks_a_column_is_refused() -> None:
    columns = (Column("model", "Model", Kind.TEXT), Column("calls", "Calls", Kind.COUNT))

    with pytest.raises(ValueError, match="a row of costs has not 2 cells"):
        Answer("costs", "Costs", columns, (("a",),))


def test_an_answers_column_is_found_by_its_key() -> None:
    columns = (Column("model", "Model", Kind.TEXT), Column("calls", "Calls", Kind.COUNT))
    answer = Answer("costs", "Costs", columns, (("a", 1), ("b", None)))

    assert answer.values("calls") == (1, None)
    with pytest.raises(KeyError):
        answer.values("dollars")
