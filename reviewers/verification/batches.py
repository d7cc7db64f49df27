"""Findings go in; the questions of a second look come out: one for all claims on the same code to the same model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from llm_runtime.messages import Effort, Origin, Request
from reviewers.diff import FileDiff, Hunk
from reviewers.house_rules import NO_HOUSE_RULES, HouseRules
from reviewers.prompts import build_context, system_text
from reviewers.questions import Question
from reviewers.verification.answers import Verdicts, parse_verdicts, verdicts_schema
from reviewers.verification.choice import Verifier, choose
from reviewers.verification.purse import OUTPUT_LIMITS, Purse
from reviewers.verification.wording import look_question, look_wording

if TYPE_CHECKING:
    from llm_runtime.llm import ModelSpec
    from llm_runtime.messages import PromptVariant
    from reviewers.findings import Finding, Location
    from reviewers.plan import ReviewPlan, Task
    from reviewers.snapshot import PullRequestSnapshot

MAX_CLAIMS = 10
"""Claims of one question; with more, the last ones are judged carelessly."""

WHOLE_CONTEXT_CHARACTERS = 28_000
"""Up to here, which is some 8,000 tokens, a second look reads what the first one read, word for word, so that a
vendor's cache may serve it; of more, only what stands around the claims, which costs about as much as a cached reading
of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the models of a second look are shown.

    Attributes:
        plan: The first pass, in whose words it is shown.
        snapshot: The change.
        fence: Delimiter of this run.
        house_rules: What the repository asks of every reviewer.
        masked: A text as it is sent, without secrets; what is quoted later is looked up in that.
    """

    plan: ReviewPlan
    snapshot: PullRequestSnapshot
    fence: str
    house_rules: HouseRules = NO_HOUSE_RULES
    masked: Callable[[str], str] = field(default=lambda text: text)

    def chunk_of(self, finding: Finding) -> int:
        """Number of the chunk in which a finding was made; 0 where no task of this run was about its code."""
        tasks = [task for task in self.plan.tasks if finding.path in task.chunk.paths]
        here = (task for task in tasks if _shows(task, finding))
        return next((task.chunk.number for task in (*here, *tasks)), 0)

    def context(self, chunk: int, findings: Sequence[Finding]) -> tuple[str, ...]:
        """What is shown for findings of one chunk: all of it, or what stands around them."""
        task = next((task for task in self.plan.tasks if task.chunk.number == chunk), None)
        if task is not None:
            whole = tuple(map(self.masked, task.request.context))
            if sum(map(len, whole)) <= WHOLE_CONTEXT_CHARACTERS:
                return whole
        files = task.chunk.files if task is not None else self.snapshot.diff.files
        around = _around(files, findings)
        context = build_context(
            around,
            self.snapshot,
            fence=self.fence,
            house_rules=self.house_rules,
            pieces=[chosen.piece for chosen in self.plan.context.get(chunk, ())],
        )
        return tuple(map(self.masked, context))

    def request(
        self, context: tuple[str, ...], question: str, schema: Mapping[str, object], name: str, variant: PromptVariant
    ) -> Request:
        """A question on what is shown, under the same instructions on fences as the first pass."""
        return Request(
            system=system_text(self.fence),
            context=context,
            question=question,
            schema=schema,
            schema_name=name,
            max_output_tokens=OUTPUT_LIMITS[0],
            effort=Effort.LOW,
            origin=Origin(asker=variant.name, variant=variant),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Claims that are put to one model in one question.

    Attributes:
        verifier: Who looks.
        claims: Findings by the ids that the question gives them.
        question: What is asked.
    """

    verifier: Verifier
    claims: Mapping[str, Finding]
    question: Question[Verdicts]


def batches(findings: Iterable[Finding], at_hand: Sequence[ModelSpec], material: Material) -> tuple[Batch, ...]:
    """The questions that put each finding to the model that is furthest from its author.

    Args:
        findings: The worst first.
        at_hand: Models that may be asked, the best first; at least one.
        material: What is shown.
    """
    groups: dict[tuple[str, int, int], list[Finding]] = {}
    verifiers: dict[tuple[str, int], Verifier] = {}
    for finding in findings:
        verifier = choose(finding.models, at_hand)
        if verifier is not None:
            key = verifier.model.id, verifier.independence
            verifiers[key] = verifier
            groups.setdefault((*key, material.chunk_of(finding)), []).append(finding)
    return tuple(
        _batch(verifiers[model, independence], chunk, group[start : start + MAX_CLAIMS], material)
        for (model, independence, chunk), group in groups.items()
        for start in range(0, len(group), MAX_CLAIMS)
    )


def affordable(
    findings: Sequence[Finding], at_hand: Sequence[ModelSpec], material: Material, money: Purse
) -> tuple[Batch, ...]:
    """The questions that can be paid for: shorter answers first, then fewer findings, the least severe left out first.

    Args:
        findings: The worst first.
        at_hand: Models that may be asked, the best first.
        material: What is shown.
        money: What there is.
    """
    fitting: tuple[Batch, ...] = ()
    least, most = 0, len(findings) if money.left > 0 else 0
    # What more findings cost is more, so halving finds the most that fit.
    count = most
    while least < most:
        made = _within(batches(findings[:count], at_hand, material), money)
        if made:
            fitting, least = made, count
        else:
            most = count - 1
        count = (least + most + 1) // 2
    return fitting


def _within(made: Sequence[Batch], money: Purse) -> tuple[Batch, ...]:
    """These questions with the longest answers that can be paid for; none where the shortest cannot."""
    for limit in OUTPUT_LIMITS:
        shortened = tuple(_limited(batch, limit) for batch in made)
        asked = [(batch.question.model, batch.question.request) for batch in shortened]
        if money.holds(asked):
            twice = money.holds((*asked, *asked))
            return tuple(replace(batch, question=replace(batch.question, again=twice)) for batch in shortened)
    return ()


def _batch(verifier: Verifier, chunk: int, findings: Sequence[Finding], material: Material) -> Batch:
    claims = {f"C{number}": finding for number, finding in enumerate(findings, start=1)}
    words = look_question(tuple(claims.items()), against=not verifier.independence, fence=material.fence)
    request = material.request(
        material.context(chunk, findings),
        words,
        verdicts_schema(),
        "verdicts",
        look_wording(against=not verifier.independence),
    )
    question = Question(llm=verifier.llm, model=verifier.model, request=request, read=parse_verdicts)
    return Batch(verifier=verifier, claims=claims, question=question)


def _limited(batch: Batch, limit: int) -> Batch:
    question = batch.question
    return replace(batch, question=replace(question, request=replace(question.request, max_output_tokens=limit)))


def _shows(task: Task, finding: Finding) -> bool:
    place = finding.location
    return place is not None and any(
        line.number(place.side) == place.start_line
        for file in task.chunk.files
        if file.path == place.path
        for line in file.lines
    )


def _around(files: Iterable[FileDiff], findings: Sequence[Finding]) -> tuple[FileDiff, ...]:
    """These files as far as findings are about them: the hunks they stand in, and whole files where that is open."""
    about: list[FileDiff] = []
    for file in files:
        mine = [finding.location for finding in findings if finding.path == file.path]
        places = [place for place in mine if place is not None]
        if len(places) < len(mine):
            about.append(file)
        elif places:
            about.append(replace(file, hunks=tuple(hunk for hunk in file.hunks if _has(hunk, places))))
    return tuple(about)


def _has(hunk: Hunk, places: Iterable[Location]) -> bool:
    return any(line.number(place.side) == place.start_line for place in places for line in hunk.lines)
