"""A folder of cases comes in, cases come out; the format is in ``docs/bench.md``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.bench.case_file import CaseFields, GoldenFields, SpotFields, read_case_file
from app.errors import Misconfigured
from reviewers.bench.case import Case, Golden, Spot
from reviewers.diff import Diff, Side
from reviewers.diff_parser import decode_diff, parse_diff
from reviewers.errors import DiffError
from reviewers.findings import Severity
from reviewers.review import Target
from reviewers.snapshot import PullRequestSnapshot

CASE_FILE = "case.yml"
DIFF_FILE = "change.diff"
MAX_FILE_BYTES = 1_000_000
"""A case is read by people; a larger file is a mistake."""


def read_suite(folder: Path) -> tuple[Case, ...]:
    """Every case below a folder, by id.

    Raises:
        Misconfigured: There is none, two have one id, or one cannot be used; the line names file and field.
    """
    if not folder.is_dir():
        msg = f"{folder} is no folder; name one with a case in each of its folders (docs/bench.md)"
        raise Misconfigured(msg)
    cases: dict[str, Case] = {}
    for file in sorted(folder.rglob(CASE_FILE)):
        case = read_case(file.parent)
        if case.id in cases:
            msg = f"{file}: id: {case.id!r} is taken by another case; give each its own"
            raise Misconfigured(msg)
        cases[case.id] = case
    if not cases:
        msg = f"{folder} holds no {CASE_FILE}; a suite has one in the folder of each case (docs/bench.md)"
        raise Misconfigured(msg)
    return tuple(cases[name] for name in sorted(cases))


def read_case(folder: Path) -> Case:
    """The case in a folder.

    Raises:
        Misconfigured: It cannot be used; the line names file and field.
    """
    file = folder / CASE_FILE
    fields = read_case_file(_text(file), str(file))
    base, head = (_tree(folder / side) for side in ("base", "head"))
    diff = _diff(folder, base, head)
    if not diff.files:
        msg = f"{folder}: nothing is changed; put a unified diff into {DIFF_FILE}, or files into base/ and head/"
        raise Misconfigured(msg)
    _check_agreement(folder, diff, head)
    changed = {file.path for file in diff.files}
    snapshot = PullRequestSnapshot(
        target=Target(kind="diff", name=fields.id, title=fields.title),
        diff=diff,
        contents={path: text for path, text in head.items() if path in changed},
        before={path: text for path, text in base.items() if diff.of(path)},
        neighbours={path: text for path, text in head.items() if path not in changed},
        title=fields.title,
        body=fields.body,
    )
    goldens = tuple(_golden(each, diff, f"{file}: goldens.{number}") for number, each in enumerate(fields.goldens))
    return _case(fields, snapshot, goldens)


def _case(fields: CaseFields, snapshot: PullRequestSnapshot, goldens: tuple[Golden, ...]) -> Case:
    return Case(
        id=fields.id,
        languages=tuple(fields.languages),
        perspective=fields.perspective,
        snapshot=snapshot,
        goldens=goldens,
        temptation=fields.temptation,
        complete=fields.complete,
    )


def _diff(folder: Path, base: Mapping[str, str], head: Mapping[str, str]) -> Diff:
    file = folder / DIFF_FILE
    if not file.exists():
        return parse_diff(written_diff(base, head))
    try:
        return parse_diff(decode_diff(file.read_bytes()))
    except DiffError as error:
        msg = f"{file}: cannot be read as a unified diff: {error}; make it with git diff"
        raise Misconfigured(msg) from error


def written_diff(base: Mapping[str, str], head: Mapping[str, str]) -> str:
    """The unified diff between two trees of texts, three lines of context around each change.

    Example:
        >>> print(written_diff({"a.py": "one\\n"}, {"a.py": "two\\n"}), end="")
        diff --git a/a.py b/a.py
        --- a/a.py
        +++ b/a.py
        @@ -1 +1 @@
        -one
        +two
    """
    parts: list[str] = []
    for path in sorted({*base, *head}):
        before, after = base.get(path), head.get(path)
        if before == after:
            continue
        old, new = ("/dev/null" if text is None else f"{side}/{path}" for side, text in (("a", before), ("b", after)))
        parts.append(f"diff --git a/{path} b/{path}\n")
        if before is None:
            parts.append("new file mode 100644\n")
        if after is None:
            parts.append("deleted file mode 100644\n")
        rows = difflib.unified_diff(_rows(before), _rows(after), old, new)
        parts += (row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows)
    return "".join(parts)


def _rows(text: str | None) -> list[str]:
    rows = (text or "").split("\n")
    return [f"{row}\n" for row in rows[:-1]] + ([rows[-1]] if rows[-1] else [])


def _check_agreement(folder: Path, diff: Diff, head: Mapping[str, str]) -> None:
    for file in diff.files:
        lines = head[file.path].split("\n") if file.path in head else None
        for line in file.lines if lines is not None else ():
            if lines is not None and line.new is not None and lines[line.new - 1 : line.new] != [line.text]:
                msg = f"{folder / DIFF_FILE}: line {line.new} of head/{file.path} is another one; make the diff again"
                raise Misconfigured(msg)


def _golden(fields: GoldenFields, diff: Diff, name: str) -> Golden:
    best = _spot(fields, fields, diff, name)
    others = (
        _spot(each, fields, diff, f"{name}.alternatives.{number}") for number, each in enumerate(fields.alternatives)
    )
    return Golden(
        spots=(best, *others),
        text=" ".join(fields.text.split()),
        severity=Severity.of(fields.severity) if fields.severity else None,
    )


def _spot(fields: SpotFields, golden: GoldenFields, diff: Diff, name: str) -> Spot:
    """A place and a name; what an alternative does not say is that of its golden."""
    path = fields.path or golden.path
    side = Side.LEFT if (fields.side or golden.side) == "old" else Side.RIGHT
    placed = fields if fields.quote is not None or fields.start_line is not None else golden
    shown = {
        number: line.text for file in diff.of(path) for line in file.lines if (number := line.number(side)) is not None
    }
    if not shown:
        msg = f"{name}.path: {path!r} has no line on that side of the diff; name a changed file"
        raise Misconfigured(msg)
    if placed.quote is not None:
        start = end = _line_of(placed.quote, shown, name)
    else:
        start = placed.start_line or 1
        end = placed.end_line or start
    if not any(number in shown for number in range(start, end + 1)):
        msg = f"{name}.start_line: line {start} of {path} is not in the diff; name one that it shows"
        raise Misconfigured(msg)
    # A rule belongs to its reviewer: an alternative that names another reviewer alone takes any of that one's rules.
    named = fields if fields.reviewer or fields.rule else golden
    return Spot(
        path=path,
        start_line=start,
        end_line=end,
        side=side,
        reviewer=named.reviewer or golden.reviewer,
        rule=named.rule,
    )


def _line_of(quote: str, shown: Mapping[int, str], name: str) -> int:
    found = [number for number, text in shown.items() if quote.strip() and quote.strip() in text]
    if len(found) != 1:
        msg = f"{name}.quote: {quote!r} stands {len(found)} times on that side of the diff; quote what stands once"
        raise Misconfigured(msg)
    return found[0]


def _tree(folder: Path) -> dict[str, str]:
    return {path: _text(folder / path) for path in sorted(_paths(folder))}


def _paths(folder: Path) -> Iterator[str]:
    for file in folder.rglob("*") if folder.is_dir() else ():
        if file.is_file():
            yield file.relative_to(folder).as_posix()


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
        if len(data) > MAX_FILE_BYTES:
            msg = f"{file}: larger than {MAX_FILE_BYTES:,} bytes; a case is small enough to be read"
            raise Misconfigured(msg)
        return data.decode("utf-8")
    except OSError as error:
        msg = f"{file}: cannot be read ({error.strerror}); permit it"
        raise Misconfigured(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{file}: is no UTF-8 text; convert it"
        raise Misconfigured(msg) from error
