from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.errors import Misconfigured
from app.learnings import MOST_LEARNINGS, add_learning, parse_learnings
from reviewers.memory.learnings import LEARNINGS_PATH, Learning

TODAY = date(2026, 11, 21)
ID = "0123456789abcdef"
KNOWN = Learning(reason="the caller checks it", finding=ID, by="Ada", expires=date(2027, 1, 1), paths=("src/**",))


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    path = add_learning(tmp_path, KNOWN, today=TODAY, title="A name reaches the query")
    other = Learning(kind="accepted", reason="done in #1: yes", rule="bugs/logic-error")
    add_learning(tmp_path, other, today=TODAY)

    known, faults = parse_learnings(path.read_text())

    assert (known, faults) == ((KNOWN, other), ())


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("", id="an empty file"),
        pytest.param("# ours\n", id="a comment alone"),
        pytest.param(
            f"# ours\nlearnings:\n  # why\n  - finding: {'b' * 16}\n    reason: x", id="comments, no last end"
        ),
        pytest.param(f"learnings:\n- rule: bugs/race\n  reason: 'a: b'\n  by: {'é' * 5}\n", id="without indentation"),
    ],
)
def test_what_stands_in_the_file_stays(tmp_path: Path, before: str) -> None:
    path = tmp_path / LEARNINGS_PATH
    path.parent.mkdir()
    path.write_text(before)
    earlier, _ = parse_learnings(before)

    add_learning(tmp_path, KNOWN, today=TODAY)

    assert path.read_text().startswith(before.rstrip())
    assert parse_learnings(path.read_text()) == ((*earlier, KNOWN), ())


def test_a_form_that_cannot_be_added_to_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / LEARNINGS_PATH
    path.parent.mkdir()
    path.write_text("learnings: [{rule: bugs/race, reason: x}]\n")

    with pytest.raises(Misconfigured, match="cannot be added to"):
        add_learning(tmp_path, KNOWN, today=TODAY)

    assert path.read_text() == "learnings: [{rule: bugs/race, reason: x}]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("learnings: [", "line 1: not valid YAML", id="no YAML"),
        pytest.param("learnings: 3", "line 1: learnings: expected a list", id="no list"),
        pytest.param("ignore: []", "unknown key 'ignore'", id="an unknown key"),
        pytest.param("learnings:\n  - reason: x", "line 2: entry: name either", id="about nothing"),
        pytest.param(f"learnings:\n  - finding: {ID}", "line 2: reason", id="no reason"),
        pytest.param(
            "learnings:\n  - finding: xyz\n    reason: x",
            "line 2: finding: a finding's id is 16 hex digits",
            id="no id",
        ),
        pytest.param(
            f"learnings:\n  - finding: {ID}\n    reason: x\n    expires: soon", "line 4: expires", id="no date"
        ),
    ],
)
def test_a_fault_is_one_line_that_names_its_place(text: str, said: str) -> None:
    known, faults = parse_learnings(text)

    assert known == ()
    assert said in str(faults[0])


def test_a_faulty_entry_does_not_bring_back_what_others_dismissed() -> None:
    known, faults = parse_learnings(f"learnings:\n  - reason: x\n  - finding: {ID}\n    reason: y\n")

    assert [each.reason for each in known] == ["y"]
    assert len(faults) == 1


def test_more_than_anybody_reads_is_said_to_be_left_out() -> None:
    entry = "  - {rule: bugs/race, reason: x}\n"

    known, faults = parse_learnings("learnings:\n" + entry * (MOST_LEARNINGS + 3))

    assert len(known) == MOST_LEARNINGS
    assert "3 entries beyond 1,000" in str(faults[0])


def test_nothing_is_written_into_a_faulty_file(tmp_path: Path) -> None:
    path = tmp_path / LEARNINGS_PATH
    path.parent.mkdir()
    path.write_text("learnings: 3\n")

    with pytest.raises(Misconfigured, match="mend it first"):
        add_learning(tmp_path, KNOWN, today=TODAY)

    assert path.read_text() == "learnings: 3\n"
