"""Adding an unrelated hunk to a diff never changes the ids of the other findings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from llm_runtime.messages import Request
from reviewers.adjudication import Answered, adjudicate, remarks_of
from reviewers.answers import Answer
from reviewers.chunks import Chunk
from reviewers.diff import Diff, FileDiff, Hunk
from reviewers.findings import Finding
from reviewers.plan import Task
from tests.builders import file_diff, hunk
from tests.llm_runtime.doubles import spec
from tests.reviewers.pushes import BUGS, SECURITY, remark

WORDS = ("retries", "total", "customer", "invoice", "cursor", "window")
OTHERS = ("banner", "colour", "margin", "legend")
RULES = {"bugs": ("logic-error", "off-by-one"), "security": ("injection", "path-traversal")}


REQUEST = Request(system="", question="")


def code(word: str, number: int) -> str:
    return f"{word} = compute_{word}({number})"


@st.composite
def hunks(draw: st.DrawFn, words: tuple[str, ...], start: int) -> Hunk:
    """Some lines around at least one changed one; the same code may come several times."""
    rows = draw(
        st.lists(st.tuples(st.sampled_from("+- "), st.sampled_from(words), st.integers(1, 2)), min_size=1, max_size=5)
    )
    text = [f"{mark}{code(word, number)}" for mark, word, number in rows]
    return hunk(*text, f"+{code(words[0], 3)}", old_start=start, new_start=start)


@st.composite
def changes(draw: st.DrawFn) -> tuple[FileDiff, ...]:
    """One or two files with one or two hunks each."""
    files = []
    for path in draw(st.sampled_from((["a.py"], ["a.py", "b.py"]))):
        count = draw(st.integers(1, 2))
        files.append(file_diff(path, *[draw(hunks(WORDS, 100 * (at + 1))) for at in range(count)]))
    return tuple(files)


@st.composite
def remarks(draw: st.DrawFn, files: tuple[FileDiff, ...]) -> tuple[tuple[str, dict[str, Any]], ...]:
    """What two reviewers say of lines of the change."""
    lines = [(file.path, line) for file in files for line in file.lines]
    said = []
    for path, line in draw(st.lists(st.sampled_from(lines), min_size=1, max_size=4)):
        reviewer = draw(st.sampled_from(sorted(RULES)))
        number = line.old if line.new is None else line.new
        words = remark(
            line.text,
            path,
            rule=draw(st.sampled_from(RULES[reviewer])),
            severity=draw(st.sampled_from(("low", "high"))),
            line=number,
            removed=line.new is None,
            title=draw(st.sampled_from(("The result is never used", "A quote in the name changes what is asked"))),
        )
        said.append((reviewer, words))
    return tuple(said)


Said = tuple[tuple[str, dict[str, Any]], ...]


@st.composite
def situations(draw: st.DrawFn) -> tuple[tuple[FileDiff, ...], Said, tuple[FileDiff, ...], Said]:
    """A change and what is said of it; the same change with one more hunk, and the same remarks of what it shows."""
    files = draw(changes())
    said = draw(remarks(files))
    where = draw(st.sampled_from(("before", "between", "after", "another file")))
    if where == "another file":
        return files, said, (*files, file_diff("z.py", draw(hunks(OTHERS, 1)))), said
    start = {"before": 10, "between": 150, "after": 900}[where]
    new = draw(hunks(OTHERS, start))
    first, *rest = files
    # What comes below it in the file moves down or up with it, and so do the numbers that a model reads beside it.
    moved = sum(line.added for line in new.lines) - sum(line.removed for line in new.lines)
    earlier = tuple(each for each in first.hunks if each.new_start < start)
    later = tuple(shifted(each, moved) for each in first.hunks if each.new_start > start)
    again = tuple(
        (name, words | {"line": words["line"] + moved})
        if words["path"] == first.path and not words["removed"] and words["line"] > start
        else (name, words)
        for name, words in said
    )
    return files, said, (replace(first, hunks=(*earlier, new, *later)), *rest), again


def shifted(what: Hunk, by: int) -> Hunk:
    lines = tuple(line if line.new is None else replace(line, new=line.new + by) for line in what.lines)
    return replace(what, new_start=what.new_start + by, lines=lines)


def ids(files: tuple[FileDiff, ...], said: Said) -> set[str]:
    """Identities of what is concluded, as the panel's answers lead to them."""
    findings: list[Finding] = []
    for reviewer in (BUGS, SECURITY):
        mine = [words for name, words in said if name == reviewer.name]
        task = Task(
            reviewer=reviewer,
            chunk=Chunk(number=1, files=files, tokens=1),
            request=REQUEST,
            facts={},
            model=spec(),
            input_tokens=1,
            cost_usd=None,
        )
        answer = Answer.model_validate({"findings": mine, "dropped_evidence": []})
        findings += remarks_of(Answered(task=task, answer=answer, model="openai/m"), Diff(files), {})
    return {finding.fingerprint for finding in adjudicate(findings)}


@given(situations())
def test_an_unrelated_hunk_changes_no_id(
    situation: tuple[tuple[FileDiff, ...], Said, tuple[FileDiff, ...], Said],
) -> None:
    files, said, more, again = situation

    assert ids(more, again) == ids(files, said)
    assert len(ids(files, said)) >= 1
