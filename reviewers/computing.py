"""Facts that are computed here, without a tool: what is known of a change goes in, facts and gaps come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from reviewers.architecture.layers import NO_LAYERS, Layers
from reviewers.file_kinds import reason_by_path
from reviewers.findings import Fact
from reviewers.pieces import whole_piece
from reviewers.review import Gap
from reviewers.syntax.imports import imports
from reviewers.syntax.long_lines import workable
from reviewers.syntax.symbols import symbols
from reviewers.syntax.tree import parse

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from reviewers.diff import FileDiff
    from reviewers.snapshot import PullRequestSnapshot
    from reviewers.syntax.imports import Import
    from reviewers.syntax.symbols import Symbol

MOST_CHARACTERS = 2_000_000
"""Of code that is parsed for one change: about 0.3 s and 60 MB (measured on the standard library)."""

MOST_FACTS = 500
"""Of one source on one change: more is a source that is wrong about it, or a change that nobody reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A changed file with its text on both sides; lines end with ``\\n`` alone and are numbered as in the diff.

    Attributes:
        file: What changed.
        after: Its whole text now, or None where only its hunks are known.
        before: Its whole text at the base, or None where it is new or not known.
    """

    file: FileDiff
    after: str | None
    before: str | None

    @property
    def path(self) -> str:
        """Its path now."""
        return self.file.path

    @property
    def added(self) -> frozenset[int]:
        """Numbers of the added lines."""
        return frozenset(line.new for line in self.file.lines if line.added and line.new is not None)

    @property
    def shown(self) -> frozenset[int]:
        """Numbers of the new file's lines that the diff shows: where a fact can be placed."""
        return frozenset(line.new for line in self.file.lines if line.new is not None)


@dataclass(slots=True)
class Trees:
    """Syntax trees of one change, each made once, as long as there is room.

    Attributes:
        room: Characters that may still be parsed.
        import_room: Characters whose imports may still be listed.
        refused: Whether a text was left out for want of room.
    """

    room: int = MOST_CHARACTERS
    import_room: int = MOST_CHARACTERS
    refused: bool = False
    _made: dict[tuple[str, str], SgNode | None] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)
    _read: set[str] = field(default_factory=set)

    def of(self, text: str, language: str) -> SgNode | None:
        """The root of a text's tree; None where it is too long or its language unknown, or without room."""
        key = (text, language)
        if key not in self._made:
            if not self._take(text):
                return None
            self._made[key] = parse(text, language)
        return self._made[key]

    def symbols_of(self, text: str, language: str) -> tuple[Symbol, ...]:
        """The definitions of a text, as ``symbols`` has them; none without room."""
        return symbols(text, language) if self._take(text) else ()

    def imports_of(self, text: str, language: str) -> tuple[Import, ...]:
        """The imports of a text, as ``imports`` has them; none without room.

        They have room of their own, as they are asked of unchanged files too; no loss of those is worth telling.
        """
        if text not in self._read:
            if len(text) > self.import_room:
                return ()
            self.import_room -= len(text)
            self._read.add(text)
        return imports(text, language)

    def _take(self, text: str) -> bool:
        """Whether there was room for a text that can be worked with; it takes its room once."""
        if text in self._taken:
            return True
        if not workable(text):
            return False
        if len(text) > self.room:
            self.refused = True
            return False
        self.room -= len(text)
        self._taken.add(text)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a source computes from.

    Attributes:
        files: The changed files that it wants.
        snapshot: The whole change.
        trees: Syntax trees, shared by all sources.
        layers: Which the repository declares.
    """

    files: tuple[Changed, ...]
    snapshot: PullRequestSnapshot
    trees: Trees
    layers: Layers = NO_LAYERS

    def tree(self, text: str, language: str) -> SgNode | None:
        """The root of a text's tree, or None; see ``Trees.of``."""
        return self.trees.of(text, language)

    def symbols(self, text: str, language: str) -> tuple[Symbol, ...]:
        """The definitions of a text; see ``Trees.symbols_of``."""
        return self.trees.symbols_of(text, language)

    def imports(self, text: str, language: str) -> tuple[Import, ...]:
        """The imports of a text; see ``Trees.imports_of``."""
        return self.trees.imports_of(text, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A source of facts that is a function of the change.

    Attributes:
        name: What people call it: ``imports``.
        wants: Whether it reads files of that path.
        find: What it finds. A fact that touches no added line is left out, the others are trimmed to the added lines
            of one hunk, so a source need not care.
        signs: Rules it may report, as (reviewer, rule).
        reads: Whether a line that it looked at counts as reviewed where no model is asked: true for what looks for
            faults in every line, false for what compares one side of a change with the other.
        beside_removals: Whether a fact may stand on unchanged lines that the diff shows, because what it is about is
            gone from there.
        locks: Whether it is given the change's lock files too, which nobody else looks at.
    """

    name: str
    wants: Callable[[str], bool]
    find: Callable[[Known], Iterable[Fact]]
    signs: frozenset[tuple[str, str]]
    reads: bool = False
    beside_removals: bool = False
    locks: bool = False


def computed(
    snapshot: PullRequestSnapshot,
    files: Iterable[FileDiff],
    sources: Sequence[Computed],
    *,
    layers: Layers = NO_LAYERS,
) -> tuple[tuple[Fact, ...], tuple[Gap, ...]]:
    """What the sources find on lines that the diff shows, and the sources that broke down.

    Args:
        snapshot: The change.
        files: The files to look at.
        sources: Who looks.
        layers: Which the repository declares.
    """
    looked_at = tuple(files)
    if not sources:
        return (), ()
    known = tuple(_changed(file, snapshot) for file in looked_at)
    locks = tuple(_changed(file, snapshot) for file in snapshot.diff.files if reason_by_path(file.path) == "lock file")
    trees = Trees()
    facts: list[Fact] = []
    gaps: list[Gap] = []
    for source in sources:
        offered = known + tuple(lock for lock in locks if lock not in known) if source.locks else known
        wanted = tuple(each for each in offered if source.wants(each.path))
        if not wanted:
            continue
        answer = _answer(source, Known(files=wanted, snapshot=snapshot, trees=trees, layers=layers))
        if isinstance(answer, Gap):
            gaps.append(answer)
        else:
            facts += answer
    if trees.refused:
        gaps.append(_NO_ROOM)
    return tuple(facts), tuple(gaps)


_NO_ROOM = Gap(
    reviewer="evidence: syntax trees",
    path="",
    reason=f"more than {MOST_CHARACTERS // 1_000_000} million characters changed: review the change in smaller parts",
)


def _changed(file: FileDiff, snapshot: PullRequestSnapshot) -> Changed:
    whole = whole_piece(file, snapshot.contents.get(file.path), "")
    before = snapshot.before.get(file.old_path or file.path)
    return Changed(
        file=file,
        after=_sound(whole.text) if whole else None,
        before=None if before is None else _sound(before.replace("\r\n", "\n").replace("\r", " ")),
    )


def _sound(text: str) -> str:
    """The text without halves of characters, which JSON may hold and no grammar takes; as long as before."""
    return text.encode("utf-8", "replace").decode()


def _answer(source: Computed, known: Known) -> tuple[Fact, ...] | Gap:
    hunks = _lines_of_hunks(known.files, beside_removals=source.beside_removals)
    try:
        found = tuple(islice(source.find(known), MOST_FACTS))
    except Exception as error:  # noqa: BLE001 - what it reads is hostile: one source must not end the review of all
        reason = f"{source.name} broke down ({type(error).__name__}): report it to the maintainers with the change"
        return Gap(reviewer=f"evidence: {source.name}", path="", reason=reason)
    return tuple(trimmed for fact in found if (trimmed := _trimmed(fact, hunks)) is not None)


def _lines_of_hunks(files: Iterable[Changed], *, beside_removals: bool) -> Mapping[str, list[frozenset[int]]]:
    """By path, the lines of each hunk on which a fact may stand; added lines before unchanged ones."""
    added: dict[str, list[frozenset[int]]] = {}
    shown: dict[str, list[frozenset[int]]] = {}
    for each in files:
        for hunk in each.file.hunks:
            new = [(line.new, line.added) for line in hunk.lines if line.new is not None]
            added.setdefault(each.path, []).append(frozenset(number for number, is_added in new if is_added))
            shown.setdefault(each.path, []).append(frozenset(number for number, _ in new))
    return {path: added[path] + (shown[path] if beside_removals else []) for path in added}


def _trimmed(fact: Fact, hunks: Mapping[str, list[frozenset[int]]]) -> Fact | None:
    own = range(fact.start_line, fact.end_line + 1)
    for lines in hunks.get(fact.path, ()):
        if touched := [number for number in lines if number in own]:
            return replace(fact, start_line=min(touched), end_line=max(touched))
    return None
