"""Reports of other tools in, facts on the changed lines out, each once and under a rule of ours."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote

from reviewers.diff import Diff, Hunk
from reviewers.findings import Fact
from reviewers.imported.meanings import meaning_of
from reviewers.imported.paths import changed_path
from reviewers.imported.report import Entry
from reviewers.meaning import Meaning

MOST_FACTS = 500
"""Of all reports on one change; the worst of them count."""


def facts_of(entries: Iterable[Entry], diff: Diff, *, ignored: Collection[str] = ()) -> tuple[Fact, ...]:
    """What other tools say of the added lines of a change.

    Args:
        entries: Of all reports.
        diff: The change.
        ignored: Names of tools, in lower case, that are not heard.
    """
    by_name: dict[str, set[str]] = {}
    for file in diff.files:
        by_name.setdefault(_name(file.path), set()).add(file.path)
    paths: dict[str, str | None] = {}
    found: dict[Fact, None] = {}
    for entry in entries:
        tool = _word(entry.tool, _MOST_NAME) or "tool"
        if tool.lower() in ignored:
            continue
        if entry.path not in paths:
            paths[entry.path] = changed_path(entry.path, by_name.get(_name(unquote(entry.path)), ()))
        path = paths[entry.path]
        if path is not None:
            found |= dict.fromkeys(_facts(entry, path, tool, (hunk for file in diff.of(path) for hunk in file.hunks)))
    return tuple(sorted(found, key=lambda fact: -fact.severity)[:MOST_FACTS])


def added_to(facts: Iterable[Fact], imported: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts of our tools, and those of others that say something else; by path and line.

    A rule that we ran ourselves is not told again by the file, nor one that another tool has under the same id. What
    says of the same lines largely the same in its words goes under the rule of our tool, so that both are one finding.
    """
    own = tuple(facts)
    by_path: dict[str, list[Fact]] = {}
    for fact in own:
        by_path.setdefault(fact.path, []).append(fact)
    more: list[Fact] = []
    for fact in imported:
        near = [other for other in by_path.get(fact.path, ()) if _overlap(fact, other)]
        if any(_short(fact.code) == _short(other.code) for other in near):
            continue
        same = next((other for other in near if _likeness(fact.message, other.message) >= SAME_WORDS), None)
        more.append(replace(fact, reviewer=same.reviewer, rule=same.rule, cwe=same.cwe) if same else fact)
    return tuple(
        sorted({*own, *more}, key=lambda fact: (fact.path, fact.start_line, fact.end_line, fact.source, fact.code))
    )


SAME_WORDS = 0.5
"""Share of common words from which two tools are held to say the same of the same lines."""

_MOST_NAME = 40
_MOST_CODE = 100
_MOST_MESSAGE = 300
_WORD = re.compile(r"\w{4,}")
_UNUSUAL = re.compile(r"[^\w .:/@+#-]")


def _facts(entry: Entry, path: str, tool: str, hunks: Iterator[Hunk]) -> Iterator[Fact]:
    """The entry on the added lines of the first hunk that it touches."""
    for hunk in hunks:
        added = [
            line.new
            for line in hunk.lines
            if line.added and line.new is not None and entry.start_line <= line.new <= entry.end_line
        ]
        if added:
            meaning = meaning_of(entry)
            yield Fact(
                source=tool,
                code=_word(entry.code, _MOST_CODE) or "unnamed",
                path=path,
                start_line=added[0],
                end_line=added[-1],
                message=_message(entry, meaning),
                reviewer=meaning.reviewer,
                rule=meaning.rule,
                cwe=meaning.cwe,
                severity=meaning.severity,
                confidence=meaning.confidence,
                # No link: what a pull request's own build wrote into the file would be posted in our name.
            )
            return


def _message(entry: Entry, meaning: Meaning) -> str:
    """What the tool says; of a secret not that, as some tools repeat it."""
    if meaning.rule == "hardcoded-secret":
        return "What looks like a secret stands in the code"
    return " ".join(entry.message.split())[:_MOST_MESSAGE] or "The tool gives no reason"


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _word(text: str, most: int) -> str:
    """A name as tools have them: whatever else stands in it could be meant for a page or for a model."""
    return " ".join(_UNUSUAL.sub(" ", text[: 10 * most]).split())[:most].strip()


def _short(code: str) -> str:
    return re.split(r"[/(]", code.lower().rstrip(")"))[-1]


def _likeness(one: str, other: str) -> float:
    words, others = _words(one), _words(other)
    common = len(words & others)
    return common / (len(words) + len(others) - common) if common else 0.0


def _words(message: str) -> frozenset[str]:
    return frozenset(_WORD.findall(message.lower()))


def _overlap(one: Fact, other: Fact) -> bool:
    return one.start_line <= other.end_line and other.start_line <= one.end_line
