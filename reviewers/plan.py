"""What will be asked, of whom, about which lines, and what that will cost, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from llm_runtime.messages import Request, Usage
from llm_runtime.tokens import CharacterBasedEstimator, estimate_request
from reviewers.answers import answer_schema
from reviewers.carrying import NOTHING_CARRIED, Carried, carry
from reviewers.chunks import Chunk, cut
from reviewers.context.retrieval import MAX_TOKENS, Chosen, context_for
from reviewers.context.shown import known
from reviewers.findings import Fact
from reviewers.firewall.standing import stands
from reviewers.house_rules import NO_HOUSE_RULES, HouseRules
from reviewers.hunk_identity import fact_ids, spans
from reviewers.incremental import NOTHING_REVIEWED, Earlier, Memory, Reviewed, reviewer_key
from reviewers.portions import portions
from reviewers.prompts import MAX_LINE_CHARACTERS, MAX_OUTPUT_TOKENS, build_context, build_request, render_file
from reviewers.review import Gap, Skipped

if TYPE_CHECKING:
    from llm_runtime.llm import ModelSpec
    from llm_runtime.messages import JsonSchema
    from reviewers.diff import FileDiff
    from reviewers.hunk_identity import Span
    from reviewers.reviewer import Reviewer
    from reviewers.selection import Selection
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
        fact_ids: Their identities across runs, by the same id.
        earlier: Findings of this reviewer on an earlier version of these hunks, by the id the request gives them.
        model: The model that is asked first.
        input_tokens: Estimate for the request.
        cost_usd: Estimate with ``EXPECTED_OUTPUT_TOKENS`` of output and no cache; None where the price is unknown.
    """

    reviewer: Reviewer
    chunk: Chunk
    request: Request
    facts: Mapping[str, Fact]
    fact_ids: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[str, Earlier] = field(default_factory=dict)
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
        answered: Changed lines that one of these reviewers answered in an earlier run, by hunk and place in it.
        unchanged: How many hunks nobody is asked about, because all that read them have answered.
        decided: Tool reports that were confirmed or dropped in an earlier run.
        carried: What earlier runs found.
        context: What is shown beside a chunk, by the chunk's number.
    """

    tasks: tuple[Task, ...]
    chunks: tuple[Chunk, ...]
    skipped: tuple[Skipped, ...]
    changed_lines: int
    gaps: tuple[Gap, ...] = ()
    answered: frozenset[tuple[str, int]] = frozenset()
    unchanged: int = 0
    decided: frozenset[Fact] = frozenset()
    carried: Carried = NOTHING_CARRIED
    context: Mapping[int, tuple[Chosen, ...]] = field(default_factory=dict)

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
    house_rules: HouseRules = NO_HOUSE_RULES,
    reviewed: Reviewed = NOTHING_REVIEWED,
    context_tokens: int = MAX_TOKENS,
) -> ReviewPlan:
    """Plan the questions for a change.

    A file is shown to every reviewer that reads its kind, as far as that reviewer has not answered it before. What
    has the same readers is asked about together, in chunks that fit the smallest window among these readers' models.

    Args:
        snapshot: The change.
        selection: Which of its files are looked at.
        reviewers: In the order in which money is spent on them.
        models: For each reviewer's name the model that is asked first.
        facts: What tools found on changed lines.
        fence: Delimiter of this run.
        price: Dollars for some usage of a model, or None where unknown.
        house_rules: What the repository asks of every reviewer.
        reviewed: What earlier runs have paid for.
        context_tokens: What is shown beside a chunk has so many tokens at most; 0 for none.
    """
    estimator = CharacterBasedEstimator()
    identities = fact_ids(facts, snapshot.diff.files)
    by_name = {reviewer.name: reviewer for reviewer in reviewers}
    memories = {name: Memory(reviewed.by.get(reviewer_key(each, house_rules), ())) for name, each in by_name.items()}
    portioned = portions(selection.files, reviewers, memories)
    carried = carry(reviewed, snapshot)
    skipped = [*selection.skipped, *snapshot.unlisted]
    skipped += [Skipped(path=file.path, reason=UNREAD, lines=file.shown_lines) for file in portioned.unread]
    skipped += [skip for file in portioned.read for skip in _long_lines(file)]
    chunks: list[Chunk] = []
    readers_of: dict[int, tuple[str, ...]] = {}
    for readers, group in portioned.groups.items():
        made = cut(
            (portion.file for portion in group),
            limit=_chunk_limit(models[name] for name in readers),
            size=lambda file: estimator.count(render_file(file, snapshot.contents.get(file.path))),
            first_number=len(chunks) + 1,
        )
        chunks += _traced(made, (span for portion in group for span in portion.spans))
        readers_of |= {chunk.number: readers for chunk in made}
    schema = answer_schema(reviewers)
    texts = known(snapshot)

    def choose(chunk: Chunk, readers: Iterable[str]) -> tuple[Chosen, ...]:
        # Beside the smallest chunk of a small window, too, there must be room for the answer.
        most = min(context_tokens, _chunk_limit(models[name] for name in readers) // 4)
        return context_for(chunk, snapshot, texts, count=estimator.count, most=most)

    beside = {chunk.number: choose(chunk, readers_of[chunk.number]) for chunk in chunks}
    contexts = {
        chunk.number: build_context(
            chunk.files,
            snapshot,
            fence=fence,
            house_rules=house_rules,
            pieces=[chosen.piece for chosen in beside[chunk.number]],
        )
        for chunk in chunks
    }
    tasks = [
        _task(by_name[name], chunk, contexts[chunk.number], schema, identities, carried, models[name], fence, price)
        for name in by_name
        for chunk in chunks
        if name in readers_of[chunk.number]
    ]
    asked = {fact for task in tasks for fact in task.facts.values()}
    decided = (
        fact for fact, known in identities.items() if fact.reviewer in memories and known in memories[fact.reviewer]
    )
    return ReviewPlan(
        tasks=tuple(tasks),
        chunks=tuple(chunks),
        skipped=tuple(skipped),
        changed_lines=snapshot.diff.changed_lines + sum(item.lines for item in snapshot.unlisted),
        answered=portioned.answered,
        unchanged=portioned.unchanged,
        decided=frozenset(decided) - asked,
        carried=carried,
        context=beside,
    )


def _traced(chunks: Iterable[Chunk], origins: Iterable[Span]) -> list[Chunk]:
    """The same chunks with the span of each hunk; cutting keeps the order of all lines."""
    made = list(chunks)
    traced = iter(spans(origins, (hunk for chunk in made for file in chunk.files for hunk in file.hunks)))
    return [replace(chunk, spans=tuple(islice(traced, sum(len(file.hunks) for file in chunk.files)))) for chunk in made]


def _chunk_limit(models: Iterable[ModelSpec]) -> int:
    # A third of the window leaves room for instructions, guidance, the answer, and an estimate that is too low.
    return min(MAX_CHUNK_TOKENS, *(model.context_window // 3 for model in models))


def _task(  # noqa: PLR0917 - private, and each argument has a type of its own
    reviewer: Reviewer,
    chunk: Chunk,
    context: tuple[str, ...],
    schema: JsonSchema,
    facts: Mapping[Fact, str],
    carried: Carried,
    model: ModelSpec,
    fence: str,
    price: Callable[[ModelSpec, Usage], Decimal | None],
) -> Task:
    named = {f"E{number}": fact for number, fact in enumerate(_concerning(reviewer, chunk, facts), start=1)}
    again = enumerate(carried.to_ask_again(reviewer.name, chunk), start=len(named) + 1)
    earlier = {f"E{number}": each for number, each in again}
    output = min(MAX_OUTPUT_TOKENS, model.max_output_tokens)
    request = build_request(
        reviewer,
        context,
        schema=schema,
        fence=fence,
        facts=named | {name: each.report for name, each in earlier.items()},
        max_output_tokens=output,
    )
    tokens = estimate_request(request)
    usage = Usage(input_tokens=tokens, output_tokens=min(EXPECTED_OUTPUT_TOKENS, output))
    return Task(
        reviewer=reviewer,
        chunk=chunk,
        request=request,
        facts=named,
        fact_ids={name: facts[fact] for name, fact in named.items()},
        earlier=earlier,
        model=model,
        input_tokens=tokens,
        cost_usd=price(model, usage),
    )


def _concerning(reviewer: Reviewer, chunk: Chunk, facts: Iterable[Fact]) -> Iterable[Fact]:
    shown = {(file.path, line.new) for file in chunk.files for line in file.lines if line.new is not None}
    for fact in facts:
        lines = range(fact.start_line, fact.end_line + 1)
        if (
            fact.reviewer == reviewer.name
            and not stands(fact)
            and any((fact.path, number) in shown for number in lines)
        ):
            yield fact


def _long_lines(file: FileDiff) -> tuple[Skipped, ...]:
    count = sum(line.changed and len(line.text) > MAX_LINE_CHARACTERS for line in file.lines)
    reason = f"line longer than {MAX_LINE_CHARACTERS:,} characters"
    return (Skipped(path=file.path, reason=reason, lines=count),) if count else ()
