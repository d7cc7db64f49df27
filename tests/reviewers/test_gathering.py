from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from reviewers.diff import FileDiff
from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence_source import EvidenceSource, Failed, Job, Piece, Printed, Reading, Remark, Run, Unread
from reviewers.findings import Severity
from reviewers.pieces import whole_piece
from reviewers.review import Gap
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import codes, gathered

MISSING = Failed("grep is not installed: pip install grep")
CRASH = Failed("grep was ended by SIGABRT: pip install --upgrade grep", crashed=True)


def source(name: str = "grep", message: str = "found") -> EvidenceSource:
    """A source whose tool prints the numbers of bad lines, one row for each place."""

    def parse(printed: Printed, pieces: Mapping[str, Piece]) -> Reading:
        if printed.output == "?":
            raise ToolAnswerUnreadable("?")
        rows = dict(zip(pieces, printed.output.split(";"), strict=True))
        bad = {place: [int(number) for number in row.split()] for place, row in rows.items() if row != "-"}
        return Reading(
            remarks=tuple(remark(place, lines[0], lines[-1]) for place, lines in bad.items() if lines),
            unreadable=frozenset(rows) - set(bad),
        )

    def remark(place: str, start: int, end: int) -> Remark:
        return Remark(
            place=place,
            code="G1",
            start_line=start,
            end_line=end,
            message=message,
            reviewer="bugs",
            rule="logic-error",
            severity=Severity.LOW,
            confidence=0.5,
        )

    def pieces(file: FileDiff, text: str | None) -> tuple[Piece, ...]:
        piece = whole_piece(file, text, "code.txt")
        return (piece,) if piece else ()

    return EvidenceSource(
        name=name,
        wants=lambda path: path.endswith(".txt"),
        pieces=pieces,
        job=Job(program="grep", arguments=("bad",), package="grep"),
        parse=parse,
        partial="only known in part",
        signs=frozenset({("bugs", "logic-error")}),
    )


def finds(job: Job) -> Printed:
    """Bad lines of each file; a file that says "unreadable" is."""
    rows = ["-" if "unreadable" in text else _bad(text) for _, text in job.files]
    return Printed(";".join(rows))


def _bad(text: str) -> str:
    return " ".join(str(number) for number, line in enumerate(text.split("\n"), start=1) if "bad" in line)


def run(jobs: Sequence[Job]) -> tuple[Printed | Failed, ...]:
    return tuple(CRASH if any("bomb" in text for _, text in job.files) else finds(job) for job in jobs)


def says(answer: Printed | Failed) -> Run:
    return lambda jobs: [answer for _ in jobs]


def test_a_fact_stands_on_the_added_lines_that_it_touches_in_one_hunk() -> None:
    change = file_diff(
        "a.txt",
        hunk(" 1", "+2 bad", " 3", "+4 bad", old_start=1, new_start=1),
        hunk("+6 bad", " 7", old_start=4, new_start=6),
    )
    text = "1\n2 bad\n3\n4 bad\n5\n6 bad\n7\n"

    evidence = gathered(change, contents={"a.txt": text}, sources=[source()], run=run)

    assert codes(evidence) == [(2, 4, "G1")]


def test_a_fact_on_unchanged_lines_is_left_out() -> None:
    evidence = gathered(
        file_diff("a.txt", hunk("+1", " bad")), contents={"a.txt": "1\nbad\n"}, sources=[source()], run=run
    )

    assert evidence.facts == ()


def test_facts_are_told_by_path_and_line_and_each_once() -> None:
    twice = added_file("b.txt", "bad\n")

    evidence = gathered(twice, added_file("a.txt", "x\nbad\n"), twice, sources=[source()], run=run)

    assert [(fact.path, fact.start_line) for fact in evidence.facts] == [("a.txt", 2), ("b.txt", 1)]


def test_a_message_is_one_line_of_bounded_length() -> None:
    evidence = gathered(added_file("a.txt", "bad\n"), sources=[source(message="a\n" * 9_000)], run=run)

    assert evidence.facts[0].message == ("a " * 150)


def test_a_text_that_is_another_version_of_the_file_is_not_read() -> None:
    change = file_diff("a.txt", hunk(" 1", "+bad"))

    evidence = gathered(change, contents={"a.txt": "1\nother\nbad\n"}, sources=[source()], run=run)

    assert evidence.facts == ()
    assert evidence.unread == (Unread(source="grep", path="a.txt", lines=1, reason="only known in part"),)


def test_what_a_tool_cannot_make_sense_of_is_said_to_be_unread() -> None:
    files = [added_file(f"{number}.txt", "unreadable\n" * number) for number in range(1, 6)]

    evidence = gathered(*files, sources=[source()], run=run)

    assert evidence.gaps == ()
    assert evidence.note == (
        "grep did not read 15 changed lines in 1.txt, 2.txt, 3.txt and 2 more files (only known in part)"
    )


def test_each_source_notes_what_it_did_not_read() -> None:
    evidence = gathered(added_file("a.txt", "unreadable\n"), sources=[source("grep"), source("glimpse")], run=run)

    assert evidence.note == (
        "grep did not read 1 changed line in a.txt (only known in part); "
        "glimpse did not read 1 changed line in a.txt (only known in part)"
    )


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(file_diff("a.txt", hunk("-gone")), id="nothing added"),
        pytest.param(file_diff("a.txt", hunk("+target"), new_mode="120000"), id="a symbolic link"),
        pytest.param(file_diff("a.txt", hunk("+Subproject commit"), new_mode="160000"), id="a submodule"),
        pytest.param(file_diff("a.txt", hunk("+x"), binary=True), id="a binary"),
        pytest.param(added_file("a.md", "bad\n"), id="a file nobody wants"),
    ],
)
def test_no_tool_is_started_that_has_nothing_to_read(file: FileDiff) -> None:
    started: list[Job] = []

    def note(jobs: Sequence[Job]) -> Sequence[Printed | Failed]:
        started.extend(jobs)
        return run(jobs)

    evidence = gathered(file, sources=[source()], run=note)

    assert started == []
    assert evidence.note == ""


def test_tools_are_started_at_the_same_time() -> None:
    rounds: list[int] = []

    def note(jobs: Sequence[Job]) -> Sequence[Printed | Failed]:
        rounds.append(len(jobs))
        return run(jobs)

    gathered(added_file("a.txt", "bad\n"), sources=[source("one"), source("two")], run=note)

    assert rounds == [2]


@pytest.mark.parametrize("path", ["/etc/passwd", "../../up.txt", "a\0b.txt", "x" * 5_000 + ".txt", "A.txt", "-rf.txt"])
def test_no_path_of_the_change_reaches_the_disk_or_a_command(path: str) -> None:
    jobs: list[Job] = []

    def note(asked: Sequence[Job]) -> Sequence[Printed | Failed]:
        jobs.extend(asked)
        return run(asked)

    gathered(added_file(f"{path}.txt", "bad\n"), sources=[source()], run=note)

    assert [place for job in jobs for place, _ in job.files] == ["0/code.txt"]
    assert [job.arguments for job in jobs] == [("bad",)]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(MISSING, MISSING.reason, id="missing"),
        pytest.param(CRASH, CRASH.reason, id="broken"),
        pytest.param(
            Printed("?"),
            "grep printed something unexpected: pip install --upgrade quartet-review grep",
            id="unreadable",
        ),
    ],
)
def test_a_tool_without_an_answer_is_a_gap(answer: Printed | Failed, reason: str) -> None:
    evidence = gathered(added_file("a.txt", "bad\n"), sources=[source()], run=says(answer))

    assert evidence.gaps == (Gap(reviewer="evidence: grep", path="", reason=reason),)
    assert (evidence.facts, evidence.unread) == ((), ())


def test_a_tool_that_broke_down_is_asked_again_without_the_file_that_broke_it() -> None:
    files = [added_file(f"{number}.txt", "bomb\n" if number == 3 else "bad\n") for number in range(7)]

    evidence = gathered(*files, sources=[source()], run=run)

    assert [fact.path for fact in evidence.facts] == ["0.txt", "1.txt", "2.txt", "4.txt", "5.txt", "6.txt"]
    assert evidence.gaps == (Gap(reviewer="evidence: grep", path="3.txt", reason=CRASH.reason),)


def test_a_tool_that_breaks_down_on_everything_is_not_asked_for_ever() -> None:
    rounds: list[int] = []

    def note(jobs: Sequence[Job]) -> Sequence[Printed | Failed]:
        rounds.append(len(jobs))
        return [CRASH for _ in jobs]

    evidence = gathered(*(added_file(f"{n}.txt", "bad\n") for n in range(300)), sources=[source()], run=note)

    assert rounds == [1, 2, 4, 8, 16, 32, 64]
    assert sum(len(gap.path.split(", ")) for gap in evidence.gaps) == 300
