from __future__ import annotations

from datetime import date

import pytest

from reviewers.diff import Diff, Side
from reviewers.findings import Finding, Severity
from reviewers.memory.learnings import Learning
from reviewers.memory.silencing import silenced
from reviewers.review import Review
from tests.builders import diff, file_diff, finding, hunk, location, review

TODAY = date(2026, 11, 21)
PATH = "shop/orders.py"


def _change(*rows: str) -> Diff:
    return diff(file_diff(PATH, hunk(*rows, old_start=10, new_start=10)))


def _said(*, severity: Severity = Severity.HIGH, aliases: tuple[str, ...] = ()) -> Finding:
    return finding(at=location(PATH, 11), severity=severity, aliases=aliases)


def _after(said: Finding, change: Diff, *learnings: Learning, contents: dict[str, str] | None = None) -> Review:
    return silenced(
        review(said),
        diff=change,
        contents=contents or {},
        learnings=learnings,
        today=TODAY,
    )


PLAIN = _change(" def f(x):", "+    return g(x)")


@pytest.mark.parametrize(
    ("learning", "told"),
    [
        pytest.param(Learning(reason="known", finding=_said().fingerprint), False, id="by its id"),
        pytest.param(Learning(reason="known", finding="0" * 16), True, id="another finding's id"),
        pytest.param(Learning(reason="known", rule=f"{_said().reviewer}/{_said().rule}"), False, id="by its rule"),
        pytest.param(Learning(reason="known", rule=f"bugs/{_said().rule}"), True, id="another reviewer's rule"),
        pytest.param(
            Learning(reason="known", rule=f"{_said().reviewer}/{_said().rule}", paths=("shop/**",)),
            False,
            id="in scope",
        ),
        pytest.param(
            Learning(reason="known", rule=f"{_said().reviewer}/{_said().rule}", paths=("api/**",)),
            True,
            id="out of scope",
        ),
        pytest.param(
            Learning(reason="known", finding=_said().fingerprint, expires=date(2026, 11, 22)), False, id="last day"
        ),
        pytest.param(Learning(reason="known", finding=_said().fingerprint, expires=TODAY), True, id="expired"),
        pytest.param(Learning(reason="done", finding=_said().fingerprint, kind="accepted"), False, id="accepted"),
    ],
)
def test_a_learning_silences_what_it_speaks_of(learning: Learning, told: bool) -> None:
    result = _after(_said(), PLAIN, learning)

    assert bool(result.findings) is told
    assert [each.reason for each in result.silenced] == ([] if told else [learning.reason])


def test_a_learning_about_an_alias_silences_the_finding() -> None:
    result = _after(_said(aliases=("a" * 16,)), PLAIN, Learning(reason="known", finding="a" * 16))

    assert result.findings == ()


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        pytest.param((" def f(x):", "+    return g(x)  # quartet: ignore[injection] x is ours"), False, id="same line"),
        pytest.param((" # quartet: ignore[injection] x is ours", "+    return g(x)"), False, id="line above"),
        pytest.param((" a = 1  # quartet: ignore[injection] x is ours", "+    return g(x)"), True, id="other code"),
        pytest.param((" def f(x):", "+    return g(x)  # quartet: ignore[injection]"), True, id="no reason"),
        pytest.param((" def f(x):", "+    return g(x)  # quartet: ignore[race] x is ours"), True, id="other rule"),
        pytest.param((" def f(x):", "+    g(x) // quartet: ignore[race, injection] ours"), False, id="several rules"),
        pytest.param((" def f(x):", "+    g(x) /* quartet: ignore[security] ours */"), False, id="by reviewer"),
        pytest.param((" def f(x):", "+    g('quartet: ignore[injection] x')"), True, id="no comment"),
    ],
)
def test_a_pragma_silences_the_finding_on_its_line_or_below(rows: tuple[str, ...], told: bool) -> None:
    result = _after(_said(), _change(*rows))

    assert bool(result.findings) is told


@pytest.mark.parametrize(
    ("marker", "told"), [pytest.param("+", True, id="of this change"), pytest.param(" ", False, id="of the base")]
)
def test_a_change_cannot_waive_its_own_critical_finding(marker: str, told: bool) -> None:
    change = _change(f"{marker}# quartet: ignore[injection] trust me", "+    return g(x)")

    result = _after(_said(severity=Severity.CRITICAL), change)

    assert bool(result.findings) is told


def test_a_pragma_outside_the_hunks_counts_where_the_whole_file_is_known() -> None:
    change = diff(file_diff(PATH, hunk("+    return g(x)", old_start=11, new_start=11)))
    text = "\n" * 9 + "# quartet: ignore[injection] x is ours\n    return g(x)\n"

    result = _after(_said(), change, contents={PATH: text})

    assert result.findings == ()
    assert result.silenced[0].how == "pragma"


def test_a_finding_about_removed_lines_is_not_waived_by_what_stands_there_now() -> None:
    change = _change(" # quartet: ignore[injection] x is ours", "+    return g(x)")
    said = finding(at=location(PATH, 11, side=Side.LEFT))

    assert _after(said, change).findings == (said,)


def test_what_is_silenced_is_counted_in_the_note() -> None:
    result = _after(_said(), PLAIN, Learning(reason="known", finding=_said().fingerprint))

    assert result.note == "silenced: 1 finding by .quartet/learnings.yml"
