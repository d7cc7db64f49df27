"""The text of ``.quartet/learnings.yml`` goes in, learnings and what is wrong with others come out; and back again."""

from __future__ import annotations

import os
import re
from datetime import date as Day  # noqa: N812 - a key of the file is called so
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from app.configuration.faults import ConfigFault, ConfigRejected
from app.configuration.texts import Line, PathGlobs
from app.configuration.written import read
from app.errors import Misconfigured
from reviewers.memory.learnings import LEARNINGS_PATH, Learning

MOST_LEARNINGS = 1_000
"""A file of more says that rules should be switched off instead."""

_HEAD = """\
# What people decided about findings of Quartet. Written by `quartet dismiss` or by hand, reviewed like code;
# of a pull request, the file of its base branch counts. See docs/memory.md.
"""

_FIRST_ITEM = re.compile(r"^learnings:[^\n]*\n(?:[ ]*(?:#[^\n]*)?\n)*([ ]*)- ", re.MULTILINE)

_Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
_Rule = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$", max_length=90)]
_PLAIN = {
    "finding": "a finding's id is 16 hex digits",
    "rule": "a rule is named as reviewer/rule",
    "about": "a rule is named as reviewer/rule",
}
_Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]


class _Entry(BaseModel):
    """An entry of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["dismissed", "accepted"] = "dismissed"
    finding: _Id | None = None
    rule: _Rule | None = None
    about: _Rule | None = None
    model: Line | None = None
    paths: PathGlobs = ()
    reason: _Reason
    by: Line | None = None
    date: Day | None = None
    expires: Day | None = None
    title: Line | None = None

    @model_validator(mode="after")
    def _about_something(self) -> _Entry:
        if (self.finding is None) == (self.rule is None):
            msg = "name either the finding's id or a rule as reviewer/rule"
            raise ValueError(msg)
        return self

    def learning(self) -> Learning:
        return Learning(
            kind=self.kind,
            reason=self.reason,
            finding=self.finding or "",
            rule=self.rule or "",
            paths=self.paths,
            by=self.by or "",
            expires=self.expires,
            about=self.about or "",
            model=self.model or "",
        )


def parse_learnings(text: str | None) -> tuple[tuple[Learning, ...], tuple[ConfigFault, ...]]:
    """The learnings in a text, and what is wrong with the entries that are left out.

    One faulty entry must not bring back everything that people have dismissed, nor stop a review.

    Args:
        text: YAML, or None where there is no file.
    """
    try:
        written = read(text, LEARNINGS_PATH)
    except ConfigRejected as rejected:
        return (), rejected.faults
    entries = written.data.get("learnings", [])
    faults = [
        written.fault((key,), f"unknown key {key!r}; the file holds a list under `learnings`")
        for key in written.data
        if key != "learnings"
    ]
    if not isinstance(entries, list):
        return (), (*faults, written.fault(("learnings",), "learnings: expected a list"))
    known: list[Learning] = []
    for index, entry in enumerate(entries[:MOST_LEARNINGS]):
        try:
            known.append(_Entry.model_validate(entry).learning())
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "entry"
            said = _PLAIN.get(where) if first["type"] == "string_pattern_mismatch" else None
            reason = f"{where}: {said or first['msg'].removeprefix('Value error, ')}; it is left out"
            faults.append(written.fault(("learnings", index, *first["loc"]), reason))
    if len(entries) > MOST_LEARNINGS:
        reason = (
            f"{len(entries) - MOST_LEARNINGS} entries beyond {MOST_LEARNINGS:,} are left out; switch rules off instead"
        )
        faults.append(written.fault(("learnings",), reason))
    return tuple(known), tuple(faults)


def add_learning(root: Path, learning: Learning, *, today: Day, title: str = "") -> Path:
    """Append a learning to the file of a repository; what is there stays as it is, comments too.

    Args:
        root: The top of the work tree.
        learning: What was decided.
        today: Written beside it.
        title: The finding's title, for who reads the file.

    Returns:
        The file.

    Raises:
        Misconfigured: The file cannot be read, is faulty, or cannot be written.
    """
    path = root / LEARNINGS_PATH
    before = _text_of(path)
    earlier, faults = parse_learnings(before)
    if faults:
        raise Misconfigured(f"{faults[0]}; mend it first, nothing was written")
    entry = {
        "finding": learning.finding or None,
        "rule": learning.rule or None,
        "kind": learning.kind,
        "about": learning.about or None,
        "model": learning.model or None,
        "title": title or None,
        "reason": learning.reason,
        "paths": list(learning.paths) or None,
        "by": learning.by or None,
        "date": today.isoformat(),
        "expires": learning.expires.isoformat() if learning.expires else None,
    }
    text = _with_entry(before, {key: value for key, value in entry.items() if value is not None})
    known, faults = parse_learnings(text)
    if len(known) == len(earlier) and faults:
        reason = faults[0].message.removesuffix("; it is left out")
        raise Misconfigured(f"that cannot be written: {reason}")
    if known != (*earlier, learning):
        raise Misconfigured(
            f"{LEARNINGS_PATH} has a form that cannot be added to; write `learnings:` as a list of lines"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise Misconfigured(f"{LEARNINGS_PATH} cannot be written ({error.strerror}); permit it") from error
    return path


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8") if os.path.lexists(path) else None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise Misconfigured(f"{LEARNINGS_PATH} cannot be read ({reason}); mend that first") from error


def _with_entry(before: str | None, entry: dict[str, Any]) -> str:
    item = yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=10_000)
    if before is None or not before.strip():
        return f"{_HEAD}learnings:\n{_indented(item, '  ')}"
    if "learnings" not in read(before, LEARNINGS_PATH).data:
        return f"{before.rstrip()}\nlearnings:\n{_indented(item, '  ')}"
    # As the items stand that are there.
    first = _FIRST_ITEM.search(before)
    return f"{before.rstrip()}\n{_indented(item, first[1] if first else '  ')}"


def _indented(text: str, margin: str) -> str:
    return "".join(f"{margin}{line}\n" for line in text.splitlines())
