"""What a visitor asks for can be written any way, and never widens what that visitor may see."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import Misconfigured
from app.web.dashboard.wish import Wish, read_wish, wish_of

NAMES = st.from_regex(r"[a-z0-9]{1,3}/[a-z0-9.]{1,3}", fullmatch=True)
PARAMETERS = st.sampled_from(["since", "until", "repository", "repositories", "scope", "allowed"])


@given(
    st.dictionaries(PARAMETERS, st.text(max_size=50) | NAMES | NAMES.map(str.upper)),
    st.none() | st.frozensets(NAMES, max_size=5),
)
@example({"repository": "octo/app"}, frozenset())
@example({"repository": "OCTO/APP"}, frozenset({"octo/app"}))
def test_what_is_looked_at_is_never_more_than_what_is_allowed(
    query: dict[str, str], allowed: frozenset[str] | None
) -> None:
    try:
        looked_at = read_wish(query).narrowed(allowed)
    except Misconfigured:
        return

    if allowed is not None:
        assert looked_at is not None
        assert looked_at <= allowed


@given(st.builds(Wish, since=st.sampled_from(["30d", "7d", "2026-11-01"]), until=st.just(""), repository=NAMES))
def test_a_wish_survives_the_way_to_github(wish: Wish) -> None:
    assert wish_of(wish.query) == wish


@given(st.text())
def test_whatever_comes_back_instead_is_a_wish_too(query: str) -> None:
    assert isinstance(wish_of(query), Wish)
