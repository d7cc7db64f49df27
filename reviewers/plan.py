"""What will be asked, of whom, about which lines, and what that will cost, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from llm_runtime.messages import Request, Usage
from llm_runtime.tokens import CharacterBasedEstimator, estimate_request
from reviewers.answers import answer_schema
from reviewers.chunks import Chunk, cut
from reviewers.findings import Coverage, Fact, Gap, Skipped
from reviewers.prompts import MAX_LINE_CHARACTERS, MAX_OUTPUT_TOKENS, build_context, build_request, render_file
from reviewers.selection import PathFilter, Selection

if TYPE_CHECKING:
    from llm_runtime.llm import ModelSpec
    from llm_runtime.messages import JsonSchema
    from reviewers.diff import FileDiff
    from reviewers.reviewer import Reviewer
    from reviewers.snapshot import PullRequestSnapshot

MAX_CHUNK_TOKENS = 24_000
"""Code of one question at most, however large the window: attention thins out long before a window is full."""

EXPECTED_OUTPUT_TOKENS = 4_000
"""Assumed for the estimate of a task, reasoning included; the cost line of a review shows what it really was."""

UNREAD = "no reviewer reads this kind of file"
"""Reason for files that every reviewer asked skips, such as translations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One question: a reviewer about a chunk.

    Attributes:
        reviewer: Who looks.
        chunk: At what.
        request: The words that are sent.
        facts: Tool reports that go with it, by the id the request gives them.
        model: The model that is asked first.
        input_tokens: Estimate for the request.
        cost_usd: Estimate with ``EXPECTED_OUTPUT_TOKENS`` of output and no cache; None where the price is unknown.
    """

    reviewer: Reviewer
    chunk: Chunk
    request: Request
    facts: Mapping[str, Fact]
    model: ModelSpec
    input_tokens: int
    cost_usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPlan:
    """All questions of a review, in the order in which money is spent on them.

    Attributes:
        tasks: By reviewer in the order of the registry, then by chunk.
        chunks: Everything that is shown to somebody, those included whose tasks a cap left out.
        skipped: Changed lines that are shown to nobody, with the reason.
        changed_lines: Of the whole change.
        gaps: Tasks that a cap on the cost left out.
    """

    tasks: tuple[Task, ...]
    chunks: tuple[Chunk, ...]
    skipped: tuple[Skipped, ...]
    changed_lines: int
    gaps: tuple[Gap, ...] = ()

    @property
    def input_tokens(self) -> int:
        """Estimate for all requests."""
        return sum(task.input_tokens for task in self.tasks)

    @property
    def cost_usd(self) -> Decimal | None:
        """Estimate for all tasks, or None where a price is unknown."""
        costs = [task.cost_usd for task in self.tasks]
        return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Models of the plan that have no known price."""
        return tuple(sorted({task.model.id for task in self.tasks if task.cost_usd is None}))


def make_plan(
    snapshot: PullRequestSnapshot,
    selection: Selection,
    reviewers: Sequence[Reviewer],
    *,
    models: Mapping[str, ModelSpec],
    facts: Iterable[Fact],
    fence: str,
    price: Callable[[ModelSpec, Usage], Decimal | None],
) -> ReviewPlan:
    """Plan the questions for a change.

    A file is shown to every reviewer that does not skip its kind. Files with the same readers are asked about
    together, in chunks that fit the smallest window among these readers' models.

    Args:
        snapshot: The change.
        selection: Which of its files are looked at.
        reviewers: In the order in which money is spent on them.
        models: For each reviewer's name the model that is asked first.
        facts: What tools found on changed lines.
        fence: Delimiter of this run.
        price: Dollars for some usage of a model, or None where unknown.
    """
    estimator = CharacterBasedEstimator()
    gathered = list(facts)
    by_name = {reviewer.name: reviewer for reviewer in reviewers}
    skipped = [*selection.skipped, *snapshot.unlisted]
    chunks: list[Chunk] = []
    readers_of: dict[int, tuple[str, ...]] = {}
    for readers, files in _by_readers(selection.files, reviewers).items():
        if not readers:
            skipped += [Skipped(path=file.path, reason=UNREAD, lines=file.shown_lines) for file in files]
            continue
        made = cut(
            files,
            limit=_chunk_limit(models[name] for name in readers),
            size=lambda file: estimator.count(render_file(file, snapshot.contents.get(file.path))),
            first_number=len(chunks) + 1,
        )
        chunks += made
        readers_of |= {chunk.number: readers for chunk in made}
        skipped += [skip for file in files for skip in _long_lines(file)]
    schema = answer_schema(reviewers)
    contexts = {chunk.number: build_context(chunk.files, snapshot, fence=fence) for chunk in chunks}
    tasks = [
        _task(by_name[name], chunk, contexts[chunk.number], schema, gathered, models[name], fence, price)
        for name in by_name
        for chunk in chunks
        if name in readers_of[chunk.number]
    ]
    changed = snapshot.diff.changed_lines + sum(item.lines for item in snapshot.unlisted)
    return ReviewPlan(tasks=tuple(tasks), chunks=tuple(chunks), skipped=tuple(skipped), changed_lines=changed)


def coverage(plan: ReviewPlan, answered: Iterable[Task]) -> Coverage:
    """What was looked at, when these tasks of the plan were answered: a line counts when one reviewer saw it."""
    seen = {task.chunk.number for task in answered}
    asked = {task.chunk.number for task in plan.tasks}
    skipped = list(plan.skipped)
    for chunk in plan.chunks:
        if chunk.number not in seen:
            reason = "no reviewer answered" if chunk.number in asked else "left out to stay under the cap on the cost"
            skipped += [Skipped(path=file.path, reason=reason, lines=_shown_lines(file)) for file in chunk.files]
    reviewed = sum(_shown_lines(file) for chunk in plan.chunks if chunk.number in seen for file in chunk.files)
    return Coverage(changed_lines=plan.changed_lines, reviewed_lines=reviewed, skipped=tuple(skipped))


def _by_readers(files: Iterable[FileDiff], reviewers: Sequence[Reviewer]) -> dict[tuple[str, ...], list[FileDiff]]:
    filters = {reviewer.name: PathFilter(reviewer.skips) for reviewer in reviewers}
    groups: dict[tuple[str, ...], list[FileDiff]] = {}
    for file in files:
        readers = tuple(name for name, skips in filters.items() if not skips.matches(file.path))
        groups.setdefault(readers, []).append(file)
    return groups


def _chunk_limit(models: Iterable[ModelSpec]) -> int:
    # A third of the window leaves room for instructions, guidance, the answer, and an estimate that is too low.
    return min(MAX_CHUNK_TOKENS, *(model.context_window // 3 for model in models))


def _task(  # noqa: PLR0917 - private, and each argument has a type of its own
    reviewer: Reviewer,
    chunk: Chunk,
    context: tuple[str, ...],
    schema: JsonSchema,
    facts: Sequence[Fact],
    model: ModelSpec,
    fence: str,
    price: Callable[[ModelSpec, Usage], Decimal | None],
) -> Task:
    named = {f"E{number}": fact for number, fact in enumerate(_concerning(reviewer, chunk, facts), start=1)}
    output = min(MAX_OUTPUT_TOKENS, model.max_output_tokens)
    request = build_request(reviewer, context, schema=schema, fence=fence, facts=named, max_output_tokens=output)
    tokens = estimate_request(request)
    usage = Usage(input_tokens=tokens, output_tokens=min(EXPECTED_OUTPUT_TOKENS, output))
    return Task(
        reviewer=reviewer,
        chunk=chunk,
        request=request,
        facts=named,
        model=model,
        input_tokens=tokens,
        cost_usd=price(model, usage),
    )


def _concerning(reviewer: Reviewer, chunk: Chunk, facts: Sequence[Fact]) -> Iterable[Fact]:
    shown = {
        (file.path, line.new) for file in chunk.files for line in file.lines if line.added and line.new is not None
    }
    for fact in facts:
        lines = range(fact.start_line, fact.end_line + 1)
        if fact.reviewer == reviewer.name and any((fact.path, number) in shown for number in lines):
            yield fact


def _shown_lines(file: FileDiff) -> int:
    return sum(line.changed and len(line.text) <= MAX_LINE_CHARACTERS for line in file.lines)


def _long_lines(file: FileDiff) -> tuple[Skipped, ...]:
    count = sum(line.changed and len(line.text) > MAX_LINE_CHARACTERS for line in file.lines)
    reason = f"line longer than {MAX_LINE_CHARACTERS:,} characters"
    return (Skipped(path=file.path, reason=reason, lines=count),) if count else ()
