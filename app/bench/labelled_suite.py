"""Labelled code of others (an ``index.json`` beside the files) comes in, cases come out; nothing of it is copied."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.bench.evidence_suite import snapshot_of
from app.errors import Misconfigured
from reviewers.bench.case import Case, Golden, Spot
from reviewers.bench.labelled import Label, claimed
from reviewers.diff import Side
from reviewers.diff_parser import decode_diff, parse_diff
from reviewers.review import Target
from reviewers.snapshot import PullRequestSnapshot

INDEX = "index.json"
_FOLDERS = {"yaml": ".github/workflows"}
_REACH = 1
"""Lines beside a label at which its fault is found: tools name the first or the last line of a statement."""


def labelled_suite(folder: Path, *, claimed_only: bool) -> tuple[Case, ...]:
    """One case for each file whose labels count.

    Args:
        folder: Where the index lies.
        claimed_only: Whether only labels count whose kind a rule of ours declares that it finds, as for evidence
            alone; else all of them.

    Raises:
        Misconfigured: The index, or a file of it, cannot be read.
    """
    index = folder / INDEX
    try:
        entries = json.loads(index.read_text(encoding="utf-8"))
        weaknesses = {label["rule"]: label.get("cwe") for entry in entries for label in entry["labels"]}
        cases = [_case(entry, folder, weaknesses, claimed_only=claimed_only) for entry in entries]
    except OSError as error:
        msg = f"{error.filename or index}: cannot be read ({error.strerror}); name the folder of the labelled code"
        raise Misconfigured(msg) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        msg = f"{index}: is no index of labelled code ({type(error).__name__}); name another folder"
        raise Misconfigured(msg) from error
    return tuple(sorted((case for case in cases if case is not None), key=lambda case: case.id))


def _case(
    entry: Mapping[str, Any], folder: Path, weaknesses: Mapping[str, str | None], *, claimed_only: bool
) -> Case | None:
    snapshot = _snapshot(entry, folder)
    language, path = entry["language"], snapshot.diff.files[0].path if snapshot.diff.files else ""
    labels = [label for label in entry["labels"] if not claimed_only or claimed(_label(label), language)]
    rule = (entry.get("file_level") or {}).get("rule", "")
    # A file without labels is one in which a tool that looks for just this finds nothing.
    absent = [] if entry["labels"] or not rule else [{"rule": rule, "cwe": weaknesses.get(rule)}]
    known = labels + [label for label in absent if not claimed_only or claimed(_label(label), language)]
    kinds = {kind for label in known for kind in _label(label).kinds}
    if not kinds or not path:
        return None
    return Case(
        id=entry["id"],
        languages=(language,),
        snapshot=snapshot,
        goldens=tuple(golden for label in labels for golden in _goldens(label, path, snapshot)),
        complete=_complete(entry),
        kinds=tuple(sorted(kinds)),
    )


def _complete(entry: Mapping[str, Any]) -> bool:
    """Whether the labels are all faults of their kinds: quality A and F say so, B is a sample of them."""
    return str(entry.get("quality", "")).startswith(("A", "F"))


def _snapshot(entry: Mapping[str, Any], folder: Path) -> PullRequestSnapshot:
    data = (folder / entry["path"]).read_bytes()
    if entry["kind"] == "diff":
        diff = parse_diff(decode_diff(data))
        return PullRequestSnapshot(target=Target(kind="diff", name=entry["id"]), diff=diff)
    # The original stands among somebody's tests, where rules stay silent that do not look at tests.
    name = f"{_FOLDERS.get(entry['language'], 'src')}/{Path(entry['path']).name}"
    snapshot = snapshot_of(entry["id"], name, data.decode("utf-8", "replace").replace("\r\n", "\n"))
    return replace(snapshot, title="")


def _label(data: Mapping[str, Any]) -> Label:
    return Label(line=data.get("line"), rule=data["rule"], cwe=data.get("cwe"), count=data.get("count") or 1)


def _goldens(data: Mapping[str, Any], path: str, snapshot: PullRequestSnapshot) -> Iterator[Golden]:
    label = _label(data)
    file = data.get("file") or path
    if label.line is None:
        # Only how many there are in the file is known: each may stand anywhere.
        last = max((line.new or 0 for each in snapshot.diff.of(file) for line in each.lines), default=1)
        spot = Spot(path=file, start_line=1, end_line=max(last, 1), reach=0)
    else:
        side = Side.LEFT if data.get("kind") == "deletion" else Side.RIGHT
        end = max(data.get("end_line") or label.line, label.line)
        spot = Spot(path=file, start_line=label.line, end_line=end, side=side, reach=_REACH)
    golden = Golden(spots=(spot,), text=data.get("message") or "", kinds=tuple(sorted(label.kinds)))
    return (golden for _ in range(label.count))
