"""What ``--dry-run`` prints: the questions that would be asked, what they would cover, and what they would cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from reviewers.coverage import coverage
from reviewers.plan import EXPECTED_OUTPUT_TOKENS
from reviewers.report import wording
from reviewers.report.visibility import cut, visible
from reviewers.verification.purse import PLANNED_SHARE

if TYPE_CHECKING:
    from llm_runtime.llm import ModelSpec
    from reviewers.evidence_source import Evidence
    from reviewers.plan import ReviewPlan, Task
    from reviewers.review import Target

NAMED_FILES = 3
NAME_WIDTH = 60
LABEL_WIDTH = 100


def render_plan(
    target: Target,
    plan: ReviewPlan,
    evidence: Evidence,
    models: Mapping[str, tuple[ModelSpec, ...]],
    *,
    verifiers: Sequence[ModelSpec] = (),
    remark: str = "",
) -> str:
    """The plan for people, as plain text.

    Args:
        target: Which change it is for.
        plan: What would be asked.
        evidence: What tools found; their reports go with the questions.
        models: For each reviewer the model that is asked first and its stand-ins.
        verifiers: Models that look at what is found a second time.
        remark: Something to say of the models, such as that there is no key; or the empty string.
    """
    return (
        "\n".join(visible(line) for line in _lines(target, plan, evidence, models, verifiers=verifiers, remark=remark))
        + "\n"
    )


def _lines(
    target: Target,
    plan: ReviewPlan,
    evidence: Evidence,
    models: Mapping[str, tuple[ModelSpec, ...]],
    *,
    verifiers: Sequence[ModelSpec],
    remark: str,
) -> Iterator[str]:
    yield f"Plan for {target.name}; nothing is sent to a model"
    if remark:
        yield remark
    yield ""
    for number, task in enumerate(plan.tasks, start=1):
        yield _task_line(number, task)
    yield from _context_lines(plan)
    yield ""
    for name, specs in models.items():
        asked = [task for task in plan.tasks if task.reviewer.name == name]
        stand_ins = ", ".join(spec.id for spec in specs[1:])
        then = f", then {stand_ins}" if stand_ins else ""
        yield f"{name:<13}{specs[0].id}{then}: {wording.counted(len(asked), 'question')}, {_dollars(_sum(asked))}"
    yield _second_look(plan, verifiers)
    yield ""
    planned = coverage(plan, plan.tasks)
    yield wording.coverage_line(planned) + " if every question is answered."
    for group in wording.skipped_groups(planned):
        yield f"  not: {group.summary}"
    for gap in plan.gaps:
        yield f"  not asked: {gap.reviewer} on {cut(gap.path, NAME_WIDTH)}: {gap.reason}"
    yield f"Tools report {wording.counted(len(evidence.facts), 'fact')} on the changed lines."
    yield (
        f"Estimate: {plan.input_tokens:,} input tokens, {EXPECTED_OUTPUT_TOKENS * len(plan.tasks):,} output tokens "
        f"(assumed), {_dollars(plan.cost_usd)} without what caches save."
    )
    if plan.unpriced:
        yield f"No price is known for {', '.join(plan.unpriced)}."


def _second_look(plan: ReviewPlan, verifiers: Sequence[ModelSpec]) -> str:
    if not verifiers:
        return "No second look at what is found."
    most = None if plan.cost_usd is None else plan.cost_usd * PLANNED_SHARE
    names = ", ".join(spec.id for spec in verifiers)
    return f"{'second look':<13}{names}: at what is found, {_dollars(most)} at most ({PLANNED_SHARE:.0%} more)"


def _task_line(number: int, task: Task) -> str:
    paths = task.chunk.paths
    more = f" +{len(paths) - NAMED_FILES} files" if len(paths) > NAMED_FILES else ""
    lines = wording.counted(task.chunk.changed_lines, "line")
    return (
        f"{number:>4}  {task.reviewer.name:<13}{task.model.id:<28}{task.input_tokens:>8,} tokens  "
        f"{_dollars(task.cost_usd):>9}  {lines:>11}  {cut(', '.join(paths[:NAMED_FILES]), NAME_WIDTH)}{more}"
    )


def _context_lines(plan: ReviewPlan) -> Iterator[str]:
    """What is shown beside the code, with its tokens: by chunk where there is more than one."""
    if not any(plan.context.values()):
        yield ""
        yield "No context is shown beside the change."
    many = len(plan.chunks) > 1
    for number, pieces in plan.context.items():
        if pieces:
            tokens = sum(chosen.tokens for chosen in pieces)
            where = f" of part {number} ({cut(', '.join(_paths(plan, number)), NAME_WIDTH)})" if many else ""
            yield ""
            yield f"Context{where}: {tokens:,} tokens, within each question about it"
        for chosen in pieces:
            place = f"  {chosen.piece.path}" if chosen.piece.path else ""
            yield f"{chosen.tokens:>8,} tokens  {cut(chosen.piece.label, LABEL_WIDTH)}{place}"


def _paths(plan: ReviewPlan, number: int) -> tuple[str, ...]:
    return next(chunk.paths for chunk in plan.chunks if chunk.number == number)


def _sum(tasks: Sequence[Task]) -> Decimal | None:
    costs = [task.cost_usd for task in tasks]
    return None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0))


def _dollars(cost: Decimal | None) -> str:
    return "cost unknown" if cost is None else f"${cost:.4f}"
