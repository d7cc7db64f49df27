from reviewers.diff import Side
from reviewers.findings import Severity
from reviewers.report.text import Style, lines, render
from tests.builders import (
    added_file,
    call,
    coverage,
    diff,
    fact,
    failed_call,
    finding,
    gap,
    location,
    review,
    skipped,
)


def test_the_flagged_line_is_pointed_at_among_its_neighbours() -> None:
    text = render(review(finding()), diff())

    assert '    > 12 + │     rows = db.execute("select * from orders where name = " + name)' in text
    assert "      13 + │     if len(rows) > 0:" in text


def test_who_found_it_does_not_stick_to_the_code_that_a_message_ends_with() -> None:
    text = render(review(finding(message="For example:\n\n```py\nx = 1\n```", models=["openai/gpt"])), diff())

    assert "    ```\n\n    " in text


def test_a_removed_line_is_pointed_at_by_its_old_number() -> None:
    text = render(review(finding(at=location(start_line=12, side=Side.LEFT))), diff())

    assert "shop/orders.py:12 (removed)" in text
    assert '    > 12 - │     rows = db.execute("select * from orders where name = ?", [name])' in text


def test_a_finding_that_has_no_place_shows_what_it_quotes() -> None:
    text = render(review(finding(placed=False, anchor="total = 0\nprint(total)")), diff())

    assert "shop/orders.py (not on the diff)" in text
    assert "      │ total = 0\n      │ print(total)" in text


def test_a_long_quote_is_cut_with_a_word() -> None:
    change = diff(added_file("a.py", "".join(f"x{number} = 1\n" for number in range(1, 31))))

    text = render(review(finding(at=location("a.py", 1, 25)), finding(placed=False, anchor="a\n" * 19 + "b")), change)

    assert "… 15 more lines" in text
    assert "… 8 more lines" in text


def test_a_suggestion_is_shown_as_a_diff() -> None:
    text = render(review(finding(suggestion="    rows = find(name)\n    return rows\n")), diff())

    assert (
        '      -     rows = db.execute("select * from orders where name = " + name)\n      +     rows = find(name)'
        in text
    )
    assert "      +     return rows\n" in text


def test_a_suggestion_that_deletes_adds_nothing() -> None:
    rows = render(review(finding(suggestion="")), diff()).split("\n")

    assert [row for row in rows if row.startswith("      + ")] == []
    assert [row for row in rows if row.startswith("      - ")] != []


def test_evidence_and_models_are_named_with_the_finding() -> None:
    text = render(review(finding(evidence=[fact(url="https://docs.example/S608")], also=["bugs"])), diff())

    assert "ruff S608: Possible SQL injection" in text
    assert "https://docs.example/S608" in text
    assert "security/injection · CWE-89 · also bugs · 90 % sure" in text
    assert "Found by openai/gpt-6.1-sol" in text


def test_no_line_of_prose_is_wider_than_asked_for() -> None:
    wordy = finding(message="a quite long message " * 40, title="a quite long title " * 12)

    rows = ["".join(span.text for span in row) for row in lines(review(wordy), diff(), width=60)]

    assert max(len(row) for row in rows) <= 60


def test_indentation_of_a_list_in_a_message_is_kept() -> None:
    text = render(review(finding(message="Two ways:\n  - bind it\n  - check it")), diff())

    assert "    Two ways:\n      - bind it\n      - check it\n" in text


def test_skipped_files_are_grouped_and_the_rest_is_counted() -> None:
    skips = [skipped(f"lib/{number}.js", "vendored", 10) for number in range(8)] + [skipped("a.png", "binary", 0)]

    text = render(review(looked_at=coverage(100, skips=skips)), diff())

    assert "Not reviewed: 9 files" in text
    assert "    vendored: 8 files, 80 lines\n      lib/0.js\n" in text
    assert "      … and 3 more\n    binary: 1 file\n      a.png" in text
    assert "20 of 100 changed lines reviewed (20 %) by security, bugs, performance, architecture." in text


def test_many_gaps_are_counted() -> None:
    text = render(review(gaps=[gap(path="", reason=f"reason {number}") for number in range(25)]), diff())

    assert "Not answered: 25 questions" in text
    assert "performance: reason 0\n" in text
    assert "… and 5 more" in text


def test_the_cost_is_the_last_word() -> None:
    text = render(review(calls=[call(cost_usd="1.5"), failed_call()]), diff())

    assert text.endswith("2 model calls (1 failed) · 1,200 tokens in (200 cached), 300 out · $1.50.\n")


def test_lines_carry_styles_for_a_terminal_with_colour() -> None:
    rows = list(lines(review(finding(severity=Severity.CRITICAL)), diff()))
    styles = {span.text: span.style for row in rows for span in row}

    assert styles["CRITICAL"] is Style.CRITICAL
    assert styles['      12 - │     rows = db.execute("select * from orders where name = ?", [name])'] is Style.REMOVED
    assert styles["      13 + │     if len(rows) > 0:"] is Style.ADDED


def test_no_control_character_reaches_the_terminal() -> None:
    nasty = "\x1b]0;owned\x07\x9b31m\u202eabc\rdef"
    rows = lines(
        review(finding(title=nasty, message=nasty, placed=False, path=nasty, anchor=nasty), note=nasty), diff()
    )

    text = "".join(span.text for row in rows for span in row)

    assert [character for character in text if ord(character) < 32 or 127 <= ord(character) < 160] == []
    assert "\u202e" not in text
    assert "␛]0;owned␇" in text
