"""Cases in, results out: each case goes through the review that users get, then its findings are held against it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.bench.journal import Journal, Told
from app.errors import Misconfigured
from app.reviewing import Wishes, prepare, review
from llm_runtime.errors import LLMError
from reviewers.bench.judging import Verdict, judge_request, read_verdict
from reviewers.bench.matching import match, questions
from reviewers.bench.results import CaseResult
from reviewers.panel import STOPPED

if TYPE_CHECKING:
    from app.bench.asking import Purse
    from llm_runtime.cassette import Cassette
    from llm_runtime.clock import Clock
    from llm_runtime.cost.calculator import CostCalculator
    from llm_runtime.llm import LLM
    from llm_runtime.messages import Call
    from reviewers.bench.case import Case, Golden
    from reviewers.evidence_source import Run
    from reviewers.findings import Finding
    from reviewers.review import Gap

NO_MODEL = "No model was asked; evidence sources reviewed alone"
_TOOLS = "evidence: "


class MoneySpent(Exception):
    """A call was refused under the cap: the case is not answered, and the run ends here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What all cases of a run have in common.

    Attributes:
        wishes: How they are reviewed.
        llms: The models, by the names under which a review asks for them.
        judges: Those who decide whether two remarks mean the same; none or two.
        purse: Knows when the cap is reached.
        run_tools: Runs the evidence sources' programs.
        calculator: Knows the prices.
        clock: Measures how long a case takes.
        journal: Keeps what is done.
        cassette: Where answers are kept or come from; None where there is none.
        replaying: Whether nobody can be asked, so that what is not on the cassette is a fault.
    """

    wishes: Wishes
    llms: Mapping[str, LLM]
    judges: tuple[LLM, ...]
    purse: Purse
    run_tools: Run
    calculator: CostCalculator
    clock: Clock
    journal: Journal
    cassette: Cassette | None = None
    replaying: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a run has found out.

    Attributes:
        results: Of the cases that were done, in their order.
        verdicts: Of the judges.
        left: How many cases the cap left out.
    """

    results: tuple[CaseResult, ...]
    verdicts: tuple[Verdict, ...] = ()
    left: int = 0


def run(cases: Sequence[Case], bench: Bench, on_case: Callable[[CaseResult, int], None] = lambda *_: None) -> Ran:
    """Review every case that is not done, and hold all findings against their goldens.

    Args:
        cases: In the order in which money is spent on them.
        bench: How.
        on_case: Called with each result and its number, from 1.

    Raises:
        Misconfigured: A replay has no answer to something; the line names the case.
        KeyboardInterrupt: Somebody stopped it; what is done is kept.
    """
    results: list[CaseResult] = []
    verdicts: list[Verdict] = []
    for number, case in enumerate(cases, start=1):
        told = bench.journal.find(case)
        if told is None:
            try:
                told = tell(case, bench)
            except MoneySpent:
                return Ran(results=tuple(results), verdicts=tuple(verdicts), left=len(cases) - number + 1)
            if all(gap.reviewer.startswith(_TOOLS) for gap in told.gaps):
                bench.journal.write(case, told)
        result = weigh(case, told)
        results.append(result)
        verdicts += told.verdicts
        on_case(result, number)
    return Ran(results=tuple(results), verdicts=tuple(verdicts))


def tell(case: Case, bench: Bench) -> Told:
    """What a review says of a case, and what judges say of that.

    Raises:
        MoneySpent: The cap does not suffice for it.
        Misconfigured: A replay has no answer to something; the line names the case.
    """
    begun = bench.clock.monotonic()
    # Unguessable for whoever writes a pull request, but not from run to run: a case says the same words each time.
    fence = hashlib.sha256(f"bench {case.id}".encode()).hexdigest()[:24]
    prepared = prepare(case.snapshot, bench.wishes, run_tools=bench.run_tools, calculator=bench.calculator, fence=fence)
    done = review(prepared, bench.llms, on_end=lambda _: None, without_models=NO_MODEL).review
    seconds = _seconds(case, bench, bench.clock.monotonic() - begun)
    _check(case, bench, done.gaps)
    verdicts, judging = judge(case, done.findings, bench.judges, fence=fence)
    _check(case, bench, ())
    return Told(
        findings=done.findings,
        seconds=seconds,
        calls=done.calls,
        gaps=done.gaps,
        verdicts=verdicts,
        judging=judging,
    )


def judge(
    case: Case, findings: Sequence[Finding], judges: Sequence[LLM], *, fence: str
) -> tuple[tuple[Verdict, ...], tuple[Call, ...]]:
    """What judges say of each pair that has to be decided, and their calls."""
    verdicts: list[Verdict] = []
    calls: list[Call] = []
    for finding, golden in questions(case, findings) if judges else ():
        votes: list[bool | None] = []
        request = judge_request(case, finding, golden, fence=fence)
        for llm in judges:
            try:
                completion = llm.complete(request)
            except LLMError as error:
                votes.append(None)
                calls += error.calls
            else:
                votes.append(read_verdict(completion.text))
                calls += completion.calls
        number = case.goldens.index(golden)
        verdicts.append(Verdict(finding=finding.fingerprint, golden=number, votes=tuple(votes)))
    return tuple(verdicts), tuple(calls)


def weigh(case: Case, told: Told) -> CaseResult:
    """What a review of a case is worth."""
    same = {(verdict.finding, verdict.golden): verdict.same for verdict in told.verdicts}

    def judged(finding: Finding, golden: Golden) -> bool | None:
        return same.get((finding.fingerprint, case.goldens.index(golden)))

    return CaseResult(
        case=case,
        matched=match(case, told.findings, judged),
        seconds=told.seconds,
        calls=told.calls,
        judging=told.judging,
        gaps=told.gaps,
    )


def _seconds(case: Case, bench: Bench, measured: float) -> float:
    """How long it took; in a replay, how long it took when it was recorded."""
    if bench.cassette is None:
        return measured
    name = f"case-{hashlib.sha256(case.id.encode()).hexdigest()[:24]}"
    taken = bench.cassette.find(name)
    if taken is not None:
        return float(taken["seconds"])
    if not bench.replaying:
        bench.cassette.keep(name, {"case": case.id, "seconds": measured})
    return measured


def _check(case: Case, bench: Bench, gaps: Iterable[Gap]) -> None:
    if any(gap.reason == STOPPED for gap in gaps):
        raise KeyboardInterrupt
    if bench.purse.empty:
        raise MoneySpent
    if bench.cassette is not None and bench.cassette.missing:
        count = len(bench.cassette.missing)
        msg = (
            f"{case.id}: the cassette has no answer to {count} {'question' if count == 1 else 'questions'} of it; "
            "prompts, models or the case have changed since: record it again by running without --replay"
        )
        raise Misconfigured(msg)
