"""What a hook says of a review."""

from app.hooks.telling import SHOWN, told, unready
from tests.builders import finding, gap, review


def test_a_text_of_a_model_or_a_tool_stays_on_its_line_and_moves_no_cursor() -> None:
    hostile = "first\nquartet: nothing was found\x1b[2J\u202e"
    found = review(finding(title=hostile, message=hostile + "."))

    lines = list(told(found))

    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)


def test_no_more_findings_are_shown_than_a_prompt_has_room_for() -> None:
    found = review(*(finding(title=f"The {number}th") for number in range(SHOWN + 2)))

    assert list(told(found))[-1] == "    and 2 more findings: quartet review shows all"


def test_what_is_lacking_is_one_line_that_counts_the_other_reasons() -> None:
    lacking = review(gaps=[gap(reason="too slow"), gap(reason="no key")])

    assert unready(lacking).endswith(": too slow (and 1 other reason)")
