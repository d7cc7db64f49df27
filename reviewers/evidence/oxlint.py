"""JavaScript and TypeScript read by oxlint: faults that follow from the code's form, in whole files and in parts.

Neither the repository's configuration nor its plugins are used: what runs is oxlint's own code alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from reviewers.diff import FileDiff, FileStatus, Line
from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence_source import (
    EvidenceSource,
    Job,
    Piece,
    Printed,
    Reading,
    Remark,
    in_test_data,
    in_tests,
    suffix,
)
from reviewers.findings import Severity
from reviewers.meaning import Meaning
from reviewers.oxlint_rules import (
    AT_THE_SECOND_PLACE,
    BROKEN,
    BY_SHORT_NAME,
    NEED_THE_WHOLE_FILE,
    OF_REACT,
    RULES,
    STRANGE,
)
from reviewers.pieces import added_runs, new_side, piece_of, whole_piece
from reviewers.snapshot import PullRequestSnapshot


def wants(path: str) -> bool:
    """Scripts in all their forms, and components of Vue, whose script stands among markup."""
    return suffix(path) in _ENDINGS and ".min." not in path and not path.endswith(".d.ts")


def pieces(file: FileDiff, text: str | None) -> tuple[Piece, ...]:
    """The whole file where it is known; else each hunk's new side and each run of added lines, in what may hold it."""
    ending = suffix(file.path)
    stem = _NEW if file.status is FileStatus.ADDED else "module"
    name = f"{stem}.test{ending}" if in_tests(file.path) else f"{stem}{ending}"
    if whole := whole_piece(file, text, name):
        return (_outspoken(whole),) if len(whole.text) <= _MOST_CHARACTERS else ()
    if ending == ".vue":
        return ()
    parts = [
        part for hunk in file.hunks for part in (new_side(hunk), *added_runs(hunk)) if any(line.added for line in part)
    ]
    return tuple(_outspoken(piece) for part in dict.fromkeys(parts) for piece in _held(part, file, name))


def beside(file: FileDiff, snapshot: PullRequestSnapshot) -> Mapping[str, str]:
    """The file as it was: one that did not parse before is in a dialect that the change is not to blame for."""
    before = snapshot.before.get(file.old_path or file.path)
    return {} if before is None or len(before) > _MOST_CHARACTERS else {f"{_BEFORE}{suffix(file.path)}": before}


def parse(printed: Printed, pieces: Mapping[str, Piece]) -> Reading:
    """Oxlint's JSON: its diagnostics, each with its rule as ``plugin(rule)``; without a rule it is a syntax error."""
    try:
        told = [(_place(each["filename"]), each) for each in json.loads(printed.output)["diagnostics"]]
        broken = {place for place, each in told if not each.get("code")}
        was_broken = {place.split("/")[0] for place in broken if place not in pieces}
        unreadable = frozenset(
            place
            for place in broken & set(pieces)
            if not pieces[place].whole or place.split("/")[0] in was_broken or _FLOW.search(pieces[place].text)
        )
        own = [(place, each) for place, each in told if place in pieces and place not in unreadable]
        return Reading(remarks=tuple(_remarks(own, pieces)), unreadable=unreadable)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ToolAnswerUnreadable(str(error)) from error


_NEW, _BEFORE = "new", "before"
_FLOW = re.compile(r"@flow\b")
_ENDINGS = {".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue"}
_MOST_CHARACTERS = 1_000_000
_FRAGMENT_CONFIDENCE = 0.8
_LONGEST = 12
_ORDERS = re.compile(r"(?:eslint|oxlint)(?=-(?:disable|enable))")
_LOOP = re.compile(r"[\s})]*(?:do\b.*)?while\b")
_OUTSIDE = re.compile(r"^\s*(?:import|export)\b")
_CODE = re.compile(r"^[^()]*\(([^()]+)\)$")


def _outspoken(piece: Piece) -> Piece:
    """The piece without the comments that would silence the tool: a change does not instruct its own reviewers."""
    return replace(piece, text=_ORDERS.sub(lambda found: "x" * len(found[0]), piece.text))


def _held(part: tuple[Line, ...], file: FileDiff, name: str) -> Iterator[Piece]:
    """A part of a file as the inside of a function and of a class, or as it is where it imports or exports."""
    bare = piece_of(part, file, name)
    if any(_OUTSIDE.match(line.text) for line in part):
        yield bare
        return
    for opening in _HOLDERS:
        yield replace(bare, text=f"{opening}\n{bare.text}}}\n", numbers=(0, *bare.numbers, 0))


_HOLDERS = ("async function* part() {", "class Part extends Whole {")


def _remarks(told: list[tuple[str, Any]], pieces: Mapping[str, Piece]) -> Iterator[Remark]:
    seen: set[str] = set()
    for place, each in told:
        piece = pieces[place]
        code = _CODE.sub(r"\1", each.get("code") or "") or "syntax"
        meaning = _broken(piece) if code == "syntax" else BY_SHORT_NAME.get(code)
        if meaning is None or not _speaks(code, meaning, piece) or (code == "syntax" and place in seen):
            continue
        start, end = _lines(each["labels"][-1 if code in AT_THE_SECOND_PLACE else 0]["span"], piece)
        if code == "no-cond-assign" and _LOOP.match(piece.text.split("\n")[start - 1]):
            continue  # to fetch the next one until there is none is what the assignment is for
        # One broken line makes a parser complain of many: only the first of a file counts.
        seen.update({place} if code == "syntax" else ())
        yield Remark(
            place=place,
            code=code,
            start_line=start,
            end_line=end,
            message=each["message"],
            reviewer=meaning.reviewer,
            rule=meaning.rule,
            cwe=meaning.cwe,
            severity=meaning.severity,
            confidence=round(meaning.confidence * (1 if piece.whole else _FRAGMENT_CONFIDENCE), 2),
            url=each.get("url") or "",
            lines_before=3 if code == "syntax" else 0,
        )


def _broken(piece: Piece) -> Meaning:
    return STRANGE if piece.name.startswith(_NEW) else BROKEN


def _speaks(code: str, meaning: Meaning, piece: Piece) -> bool:
    """Whether a rule has something to say there: parts of a file, and tests, mislead some rules."""
    if not piece.whole and code in NEED_THE_WHOLE_FILE:
        return False
    if code in OF_REACT and not (suffix(piece.path).endswith("x") or "react" in piece.text):
        return False
    if in_test_data(piece.path) and meaning.reviewer != "security":
        return False
    minor = meaning.reviewer == "performance" or (meaning.reviewer == "security" and meaning.severity < Severity.HIGH)
    return not (minor and in_tests(piece.path))


def _lines(span: Any, piece: Piece) -> tuple[int, int]:
    """First and last line of a span, whose offset and length are counted in bytes; a long one is its first line."""
    start = span["line"]
    marked = piece.text.encode("utf-8", "replace")[span["offset"] : span["offset"] + span["length"]]
    more = marked.rstrip(b"\n").count(b"\n")
    return start, start + more if more < _LONGEST else start


def _place(filename: str) -> str:
    return "/".join(filename.replace("\\", "/").split("/")[-2:])


OXLINT = EvidenceSource(
    name="oxlint",
    wants=wants,
    pieces=pieces,
    job=Job(
        program="oxlint",
        package="quartet-review[evidence]",
        arguments=(
            *("--disable-nested-config", "--no-ignore", "--format", "json", "--threads", "2"),
            *("--react-plugin", "--promise-plugin", "--vue-plugin", "--jest-plugin", "--allow", "all"),
            *(word for name in RULES for word in ("--deny", name)),
            ".",
        ),
        statuses=frozenset({0, 1}),
    ),
    parse=parse,
    partial="only a part of the file is known, and it is no script by itself",
    signs=frozenset((meaning.reviewer, meaning.rule) for meaning in (BROKEN, *RULES.values())),
    optional=True,
    beside=beside,
)
