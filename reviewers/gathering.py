"""From a snapshot and a way to run tools, the facts that stand on changed lines; and from facts, findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from reviewers.architecture.layers import NO_LAYERS, Layers
from reviewers.computing import Computed, computed
from reviewers.diff import FileDiff
from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence import EVIDENCE, Source
from reviewers.evidence.firewall import FIREWALL, described
from reviewers.evidence_source import (
    Evidence,
    EvidenceSource,
    Failed,
    Job,
    Piece,
    Printed,
    Reading,
    Remark,
    Run,
    Unread,
)
from reviewers.fact_findings import as_findings
from reviewers.findings import Fact
from reviewers.review import Gap
from reviewers.snapshot import PullRequestSnapshot

__all__ = ["as_findings", "gather"]


def gather(
    snapshot: PullRequestSnapshot,
    files: Iterable[FileDiff],
    run: Run,
    sources: Sequence[Source] = EVIDENCE,
    *,
    layers: Layers = NO_LAYERS,
) -> Evidence:
    """What the sources find on the added lines of these files.

    Args:
        snapshot: Where whole texts are looked up.
        files: The files to look at, out of the snapshot's diff.
        run: Runs tools; called again with less to read for a tool that broke down while reading.
        sources: Who looks: tools, and what computes in this process.
        layers: Which the repository declares.
    """
    looked_at = tuple(files)
    changed = tuple(file for file in looked_at if _has_code(file))
    tools = [source for source in sources if isinstance(source, EvidenceSource)]
    work = [batch for source in tools if (batch := _batch(source, changed, snapshot)).files]
    read, failed = _ask(work, run)
    absent = [batch for batch, failure in failed if failure.missing and batch.source.optional]
    computing = [source for source in sources if isinstance(source, Computed)]
    own, broken = computed(snapshot, looked_at, computing, layers=layers)
    facts = {fact: None for batch, reading in read for fact in _facts(batch, reading)}
    facts |= {replace(fact, message=_one_line(fact.message)): None for fact in own}
    if FIREWALL in sources:
        facts |= dict.fromkeys(described(snapshot))
    return Evidence(
        facts=tuple(
            sorted(facts, key=lambda fact: (fact.path, fact.start_line, fact.end_line, fact.source, fact.code))
        ),
        gaps=(*(_gap(batch, failure) for batch, failure in failed if batch not in absent), *broken),
        unread=tuple(each for batch, reading in read if batch.source.reads for each in _unread(batch, reading)),
        absent=tuple(batch.source.name for batch in absent if batch.source.reads),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What one run of a tool reads: files with their pieces, each by the place where the tool finds it.

    ``beside`` holds what else lies in their folders, by the folder and the name there.
    """

    source: EvidenceSource
    files: tuple[tuple[FileDiff, dict[str, Piece]], ...]
    beside: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    halved: bool = False

    @property
    def placed(self) -> dict[str, Piece]:
        return {place: piece for _, pieces in self.files for place, piece in pieces.items()}

    @property
    def job(self) -> Job:
        return replace(self.source.job, files=tuple(self._texts()))

    def _texts(self) -> Iterator[tuple[str, str]]:
        for place, piece in self.placed.items():
            yield place, piece.text
            folder = place.removesuffix(piece.name)
            yield from ((folder + name, text) for name, text in self.beside.get(folder, {}).items())

    @property
    def halves(self) -> tuple[_Batch, _Batch]:
        middle = len(self.files) // 2
        return (
            replace(self, files=self.files[:middle], halved=True),
            replace(self, files=self.files[middle:], halved=True),
        )


_HALVINGS = 6
"""How often a batch is cut in two after its tool broke down: one hostile file must not silence a tool for all."""

_MESSAGE_LENGTH = 300


def _has_code(file: FileDiff) -> bool:
    return bool(file.additions) and not (file.binary or file.submodule or file.symlink)


def _batch(source: EvidenceSource, files: tuple[FileDiff, ...], snapshot: PullRequestSnapshot) -> _Batch:
    numbers = count()
    read: list[tuple[FileDiff, dict[str, Piece]]] = []
    beside: dict[str, Mapping[str, str]] = {}
    for file in files:
        more = source.beside(file, snapshot) if source.wants(file.path) else None
        if more is None:
            continue
        pieces = {
            f"{next(numbers)}/{piece.name}": piece for piece in source.pieces(file, snapshot.contents.get(file.path))
        }
        read.append((file, pieces))
        if more and pieces:
            place, piece = next(iter(pieces.items()))
            beside[place.removesuffix(piece.name)] = more
    return _Batch(source=source, files=tuple(read), beside=beside)


def _ask(work: list[_Batch], run: Run) -> tuple[list[tuple[_Batch, Reading]], list[tuple[_Batch, Failed]]]:
    read = [(batch, Reading()) for batch in work if not batch.placed]
    failed: list[tuple[_Batch, Failed]] = []
    work = [batch for batch in work if batch.placed]
    for halvings in reversed(range(_HALVINGS + 1)):
        again: list[_Batch] = []
        for batch, printed in zip(work, run([batch.job for batch in work]) if work else (), strict=True):
            match _understood(batch, printed):
                case Reading() as reading:
                    read.append((batch, reading))
                case Failed(crashed=True) if halvings and len(batch.files) > 1:
                    again += batch.halves
                case Failed() as failure:
                    failed.append((batch, failure))
        work = again
    return read, failed


def _understood(batch: _Batch, answer: Printed | Failed) -> Reading | Failed:
    if isinstance(answer, Failed):
        return answer
    try:
        return batch.source.parse(answer, batch.placed)
    except ToolAnswerUnreadable:
        package = batch.source.job.package
        return Failed(
            f"{batch.source.name} printed something unexpected: pip install --upgrade quartet-review {package}"
        )


def _facts(batch: _Batch, reading: Reading) -> Iterator[Fact]:
    by_place = {
        place: (file, piece) for file, pieces in batch.files for place, piece in _speaking(pieces, reading).items()
    }
    for remark in reading.remarks:
        if remark.place in by_place:
            file, piece = by_place[remark.place]
            yield from _on_changed_lines(remark, file, piece, batch.source)


def _speaking(pieces: dict[str, Piece], reading: Reading) -> dict[str, Piece]:
    """The pieces whose remarks count: readable, and not part of another readable one, which knows more."""
    numbers = {place: set(piece.numbers) for place, piece in pieces.items() if place not in reading.unreadable}
    return {place: pieces[place] for place in numbers if not any(numbers[place] < other for other in numbers.values())}


def _on_changed_lines(remark: Remark, file: FileDiff, piece: Piece, source: EvidenceSource) -> Iterator[Fact]:
    for hunk in file.hunks:
        added = [line.new for line in hunk.lines if line.added and line.new is not None]
        touched = _touched(remark, piece, added)
        if touched:
            yield Fact(
                source=source.name,
                code=remark.code,
                path=file.path,
                start_line=touched[0],
                end_line=touched[-1],
                message=_one_line(remark.message),
                reviewer=remark.reviewer,
                rule=remark.rule,
                cwe=remark.cwe,
                severity=remark.severity,
                confidence=remark.confidence,
                url=remark.url,
            )
            return


def _one_line(message: str) -> str:
    return " ".join(message.split())[:_MESSAGE_LENGTH]


def _touched(remark: Remark, piece: Piece, added: list[int]) -> list[int]:
    """The added lines that the remark stands on, or else the nearest one before it that may be the cause."""
    own = set(piece.numbers[remark.start_line - 1 : remark.end_line])
    before = set(piece.numbers[max(remark.start_line - 1 - remark.lines_before, 0) : remark.start_line - 1])
    return [number for number in added if number in own] or [number for number in added if number in before][-1:]


def _gap(batch: _Batch, failure: Failed) -> Gap:
    paths = dict.fromkeys(file.path for file, _ in batch.files)
    return Gap(
        reviewer=f"evidence: {batch.source.name}",
        path=", ".join(paths) if batch.halved else "",
        reason=failure.reason,
    )


def _unread(batch: _Batch, reading: Reading) -> Iterator[Unread]:
    for file, pieces in batch.files:
        known = {n for place, piece in pieces.items() if place not in reading.unreadable for n in piece.numbers}
        lines = sum(line.added and line.new not in known for line in file.lines)
        if lines:
            yield Unread(source=batch.source.name, path=file.path, lines=lines, reason=batch.source.partial)
