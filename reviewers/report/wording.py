"""A review's values go in; the words for them, the same in every report, come out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from llm_runtime.messages import Call, Usage
from reviewers.diff import Side
from reviewers.findings import DroppedFact, Fact, Finding, Severity
from reviewers.review import Coverage, Review, Skipped, total_cost


def verdict(review: Review) -> str:
    """One line that says what came out: ``3 findings: 1 high, 2 low``, or that there is nothing to say."""
    total = len(review.findings)
    if not total:
        clean = "Nothing was reviewed" if review.coverage.nothing else "No findings"
        return "No findings, but the review is incomplete" if review.gaps else clean
    by_severity = severity_counts(review.findings)
    counts = ", ".join(f"{count} {severity.label}" for severity, count in by_severity.items() if count)
    return f"{counted(total, 'finding')}: {counts}"


def severity_counts(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Number of findings of each severity, the worst first, zeros included."""
    counts = Counter(finding.severity for finding in findings)
    return {severity: counts[severity] for severity in sorted(Severity, reverse=True)}


def place(finding: Finding) -> str:
    """``path:12``, ``path:12-14``, ``path:12 (removed)``, ``path (not on the diff)`` or ``the change as a whole``."""
    if finding.location is None:
        return f"{finding.path} (not on the diff)" if finding.path else "the change as a whole"
    start, end = finding.location.start_line, finding.location.end_line
    lines = f"{start}" if start == end else f"{start}-{end}"
    removed = " (removed)" if finding.location.side is Side.LEFT else ""
    return f"{finding.location.path}:{lines}{removed}"


def attribution(finding: Finding) -> str:
    """Who says it, under which rule: ``security/injection · CWE-89 · also bugs``."""
    parts = [f"{finding.reviewer}/{finding.rule}"]
    if finding.cwe:
        parts.append(finding.cwe)
    if finding.also:
        parts.append(f"also {', '.join(finding.also)}")
    return " · ".join(parts)


def confidence(finding: Finding) -> str:
    """How sure, in per cent: ``90 %``."""
    return f"{finding.confidence:.0%}".replace("%", " %")


def said(fact: Fact, finding: Finding) -> str:
    """What a tool says of a finding, or the empty string where the finding itself says just that."""
    words = fact.message.strip().rstrip(".").casefold()
    return "" if words == finding.title.casefold() or words in finding.message.casefold() else fact.message


def cwe_url(cwe: str) -> str:
    """MITRE's page on a weakness, or the empty string where this is not the name of one."""
    number = cwe.removeprefix("CWE-")
    return f"https://cwe.mitre.org/data/definitions/{number}.html" if number.isascii() and number.isdigit() else ""


def coverage_line(coverage: Coverage) -> str:
    """How many of the changed lines were looked at; the rest is in ``skipped_groups``."""
    changed, reviewed = coverage.changed_lines, coverage.reviewed_lines
    if not changed:
        return "The change has no changed lines"
    if reviewed == changed:
        return f"All {counted(changed, 'changed line')} reviewed" if changed > 1 else "The only changed line reviewed"
    return f"{reviewed:,} of {counted(changed, 'changed line')} reviewed ({share(reviewed, changed)})"


def coverage_sentence(review: Review) -> str:
    """The coverage line with whoever looked: ``All 4 changed lines reviewed by bugs, not wholly by security.``."""
    open_to = {gap.reviewer for gap in review.gaps}
    whole = ", ".join(name for name in review.reviewers if name not in open_to)
    part = ", ".join(name for name in review.reviewers if name in open_to)
    who = [f"by {whole}"] if whole else []
    who += [f"not wholly by {part}"] if part else []
    if not review.models_asked:
        who = ["by evidence sources alone"]
    names = f" {', '.join(who)}" if who and review.coverage.reviewed_lines else ""
    return f"{coverage_line(review.coverage)}{names}."


def dropped_line(dropped: DroppedFact) -> str:
    """A tool's report that a reviewer took for a false alarm: ``ruff S608 at a.py:3 (security: the name is fixed)``."""
    fact = dropped.fact
    return f"{fact.source} {fact.code} at {fact.path}:{fact.start_line} ({dropped.reviewer}: {dropped.reason})"


def share(part: int, whole: int) -> str:
    """A part in per cent, never rounded to 0 % or 100 % where it is not that."""
    if part in (0, whole):
        return "100 %" if part else "0 %"
    return f"{min(99, max(1, round(100 * part / whole)))} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedGroup:
    """Files that were not reviewed for the same reason."""

    reason: str
    files: tuple[Skipped, ...]

    @property
    def lines(self) -> int:
        """Changed lines of all of them."""
        return sum(file.lines for file in self.files)

    @property
    def summary(self) -> str:
        """``lock file: 2 files, 340 lines``; no word of lines where there are none."""
        return f"{self.reason}: {self.size}"

    @property
    def size(self) -> str:
        """``2 files, 340 lines``."""
        files = counted(len(self.files), "file")
        return f"{files}, {counted(self.lines, 'line')}" if self.lines else files


def skipped_groups(coverage: Coverage) -> tuple[SkippedGroup, ...]:
    """The files that nobody reviewed, by reason, the reason with the most lines first."""
    by_reason: dict[str, list[Skipped]] = defaultdict(list)
    for file in coverage.skipped:
        by_reason[file.reason].append(file)
    groups = [SkippedGroup(reason=reason, files=tuple(files)) for reason, files in by_reason.items()]
    return tuple(sorted(groups, key=lambda group: (-group.lines, -len(group.files), group.reason)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUsage:
    """What one model was asked and what that cost; ``cost_usd`` is None where a price is unknown."""

    provider: str
    model: str
    calls: int
    failed: int
    usage: Usage
    cost_usd: Decimal | None


def by_model(calls: Iterable[Call]) -> tuple[ModelUsage, ...]:
    """The calls of each model, in the order in which the models were first asked."""
    groups: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for call in calls:
        groups[call.provider, call.model].append(call)
    return tuple(
        ModelUsage(
            provider=provider,
            model=model,
            calls=len(asked),
            failed=sum(call.error is not None for call in asked),
            usage=sum((call.usage for call in asked if call.usage is not None), Usage()),
            cost_usd=total_cost(tuple(asked)),
        )
        for (provider, model), asked in groups.items()
    )


def usage_line(review: Review) -> str:
    """Calls, tokens and dollars in one line, or that no model was asked."""
    if not review.calls:
        return "No model was asked" if not review.models_asked else "No model call was made"
    usage = review.usage
    failed = sum(call.error is not None for call in review.calls)
    calls = counted(len(review.calls), "model call") + (f" ({failed:,} failed)" if failed else "")
    cached = f" ({usage.cached_input_tokens:,} cached)" if usage.cached_input_tokens else ""
    return f"{calls} · {usage.input_tokens:,} tokens in{cached}, {usage.output_tokens:,} out · {cost(review.cost_usd)}"


def cost(dollars: Decimal | None) -> str:
    """``$3.42``, ``$0.0031`` below a dollar, ``cost unknown`` where a price is not known."""
    if dollars is None:
        return "cost unknown"
    if 0 < dollars < Decimal("0.0001"):
        return "< $0.0001"
    return f"${dollars:,.4f}" if 0 < dollars < 1 else f"${dollars:,.2f}"


def counted(number: int, noun: str) -> str:
    """``1 file``, ``1,200 files``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
