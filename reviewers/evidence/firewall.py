"""Changed lines and the words around a change read for orders to reviewers, and for text that nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewers.computing import Computed, Known
from reviewers.evidence_source import in_tests, suffix
from reviewers.findings import Fact, Severity
from reviewers.firewall.attempts import attempts, is_attempt
from reviewers.firewall.invisible import smuggled
from reviewers.firewall.prose import hidden_in
from reviewers.firewall.standing import SOURCE
from reviewers.pieces import added_runs

if TYPE_CHECKING:
    from reviewers.diff import FileDiff
    from reviewers.snapshot import PullRequestSnapshot


def find(known: Known) -> Iterator[Fact]:
    """Attempts and hidden text on the added lines and in the names of changed files."""
    for changed in known.files:
        file = changed.file
        yield from _hidden(file)
        yield from _orders(file)
        yield from _in_name(file)


def described(snapshot: PullRequestSnapshot) -> tuple[Fact, ...]:
    """The same of what was said about a change; such a fact has no path, as it is about the change as a whole.

    Templates are full of comments that nobody sees, so hidden text counts only where it is an order, or where it is
    made of characters that have no other use.
    """
    places = {
        "title": snapshot.title,
        "description": snapshot.body,
        "branch name": re.sub(r"[-_/.+]+", " ", snapshot.branch),
    }
    facts: dict[Fact, None] = {}
    for place, text in places.items():
        facts |= dict.fromkeys(_said(place, text[:_MOST_CHARACTERS]))
    return tuple(facts)


_MOST_CHARACTERS = 70_000
_PROSE = {".md", ".mdx", ".rst", ".txt", ".adoc", ".po", ".json", ".yaml", ".yml", ".xml", ".html", ".csv", ".strings"}
_SUBJECT = re.compile(
    r"(?i)prompt|inject|jailbreak|red[-_ ]?team|guardrail|adversarial|moderation|\bllm|llama|agents?\b|instructions"
)
_ITS_SUBJECT = re.compile(
    r"(?i)prompt[-_ ]?injection|jailbreak|red[-_ ]?team|guardrail|injection (?:attempt|attack|pattern)"
)
_CERTAIN, _LIKELY = 0.9, 0.75
_WEAKNESSES = {"reviewer-instruction": "CWE-1427", "hidden-text": "CWE-1007"}


def _hidden(file: FileDiff) -> Iterator[Fact]:
    code = suffix(file.path) not in _PROSE
    for line in file.lines:
        if line.added and line.new is not None and (what := smuggled(line.text, code=code)):
            yield _fact("hidden-text", file.path, (line.new, line.new), f"The line holds {what}", _CERTAIN)


def _orders(file: FileDiff) -> Iterator[Fact]:
    subject = in_tests(file.path) or bool(_SUBJECT.search(file.path))
    subject = subject or any(_ITS_SUBJECT.search(line.text) for line in file.lines if line.new is not None)
    for run in (run for hunk in file.hunks for run in added_runs(hunk)):
        for each in attempts((line.text for line in run), subject=subject):
            start, end = run[each.start].new or 0, run[each.end].new or 0
            wrapped = f", encoded in {each.how}" if each.how else ""
            message = f"Text in the change tells a reviewer what to answer{wrapped}"
            yield _fact("reviewer-instruction", file.path, (start, end), message, _LIKELY)


def _in_name(file: FileDiff) -> Iterator[Fact]:
    first = next((line.new for line in file.lines if line.added and line.new is not None), None)
    if first is not None and is_attempt(re.sub(r"[-_/.+]+", " ", file.path)):
        message = "The name of the file tells a reviewer what to answer"
        yield _fact("reviewer-instruction", file.path, (first, first), message, _LIKELY)


def _said(place: str, text: str) -> Iterator[Fact]:
    lines = text.split("\n")
    if any(True for _ in attempts(lines)) or any(
        any(True for _ in attempts(each.split("\n"))) for each in hidden_in(text)
    ):
        message = f"The {place} of the change tells a reviewer what to answer"
        yield _fact("reviewer-instruction", "", (0, 0), message, _CERTAIN)
    if what := next((what for line in lines if (what := smuggled(line, code=False))), ""):
        yield _fact("hidden-text", "", (0, 0), f"The {place} of the change holds {what}", _CERTAIN)


def _fact(rule: str, path: str, lines: tuple[int, int], message: str, confidence: float) -> Fact:
    return Fact(
        source=SOURCE,
        code=rule,
        path=path,
        start_line=lines[0],
        end_line=lines[1],
        message=message,
        reviewer="security",
        rule=rule,
        cwe=_WEAKNESSES[rule],
        severity=Severity.MEDIUM,
        confidence=confidence,
    )


def _every_file(path: str) -> bool:  # noqa: ARG001 - every source is asked alike
    return True


FIREWALL = Computed(
    name=SOURCE,
    wants=_every_file,
    find=find,
    signs=frozenset({("security", "hidden-text"), ("security", "reviewer-instruction")}),
)
