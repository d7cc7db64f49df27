from __future__ import annotations

import pytest
from hypothesis import strategies as st

from app.wishes import REASONS, Wish, from_fields, to_fields

NAMES = st.lists(st.sampled_from(["bugs", "security", "own-one", "performance"]), unique=True, max_size=3).map(tuple)

WISHES = st.builds(
    Wish,
    reason=st.sampled_from(REASONS),
    reviewers=NAMES,
    full=st.booleans(),
    comment=st.none() | st.integers(1, 9),
    check=st.none() | st.integers(1, 9),
    head=st.sampled_from(["", "a" * 40, "b" * 40]),
)
"""Any wish."""

SECURITY = Wish(reason="command", reviewers=("security",), comment=5, head="a" * 40)


@pytest.mark.parametrize(
    ("earlier", "later", "both"),
    [
        pytest.param(
            SECURITY,
            Wish(reason="push"),
            Wish(reason="command", comment=5, head="a" * 40),
            id="all reviewers contain the one that was named",
        ),
        pytest.param(
            SECURITY,
            Wish(reason="command", reviewers=("bugs", "security"), comment=6, head="b" * 40),
            Wish(
                reason="command",
                reviewers=("security", "bugs"),
                comment=6,
                earlier_comments=(5,),
                head="b" * 40,
            ),
            id="both comments are answered and both reviewers look, at the newer head",
        ),
        pytest.param(
            Wish(reason="rerun", full=True, check=3),
            Wish(reason="push", check=4),
            Wish(reason="rerun", full=True, check=4),
            id="a full review stays a full one, on the newer check",
        ),
        pytest.param(SECURITY, SECURITY, SECURITY, id="the same command twice is one"),
    ],
)
def test_one_wish_after_another_fulfils_both(earlier: Wish, later: Wish, both: Wish) -> None:
    assert later.after(earlier) == both


def test_a_wish_comes_back_from_text() -> None:
    wish = Wish(
        reason="label", reviewers=("a", "b"), full=True, comment=3, earlier_comments=(1, 2), check=9, head="c" * 40
    )

    assert from_fields(to_fields(wish)) == wish
