"""What second looks said, in words that are the same in every report, and as plain values for JSON."""

from __future__ import annotations

from typing import Any

from llm_runtime.messages import Usage
from reviewers.findings import Finding
from reviewers.report.wording import cost, counted, place, share
from reviewers.review import Review, Stage, total_cost
from reviewers.verification.values import Dissent, Standing, Verification, Vote

_WORDS = {
    Standing.CONFIRMED: "confirmed by {model}",
    Standing.REFUTED: "refuted by {model}",
    Standing.UNSURE: "left open by {model}",
    Standing.CONTESTED: "contested by {model}",
    Standing.UNVERIFIED: "not verified",
}


def verdict_words(finding: Finding) -> str:
    """``confirmed by anthropic/claude-opus-5-5``, ``not verified``; empty where no second look was due."""
    said = finding.verification
    return "" if said is None else _WORDS[said.standing].format(model=said.by)


def verdict_line(finding: Finding) -> str:
    """The same with the reason where it is not a plain yes."""
    said, words = finding.verification, verdict_words(finding)
    if said is None or not said.reason or said.standing is Standing.CONFIRMED:
        return words
    return f"{words}: {said.reason}"


def dissent_line(dissent: Dissent) -> str:
    """``openai/gpt-6.1-sol holds that it is not a fault: the list is never empty``."""
    return f"{dissent.by} holds that {dissent.view}{dissent.reason and f': {dissent.reason}'}"


def refuted_line(finding: Finding) -> str:
    """A finding that is not told, with who refuted it and why."""
    return f"{finding.severity.label} at {place(finding)}: {finding.title} ({verdict_line(finding)})"


def cost_line(review: Review) -> str:
    """What second looks took beside the first pass, or the empty string where there were none."""
    first, others = review.stages[:1], review.stages[1:]
    if not others:
        return ""
    calls = tuple(call for stage in others for call in stage.calls)
    own, more = total_cost(first[0].calls), total_cost(calls)
    names = " and ".join(stage.name for stage in others).capitalize()
    part = f", {share(round(more * 10_000), round(own * 10_000))} of the first pass" if own and more is not None else ""
    return f"{names}: {counted(len(calls), 'model call')}, {cost(more)}{part}"


def verification_data(said: Verification | None) -> dict[str, Any] | None:
    """A second look as JSON has it."""
    if said is None:
        return None
    return {"verdict": said.standing.value, "model": said.by or None, "quote": said.quote, "reason": said.reason}


def vote_data(vote: Vote) -> dict[str, Any]:
    """A vote as JSON has it."""
    return {
        "reviewer": vote.reviewer,
        "model": vote.model,
        "severity": vote.severity,
        "confidence": vote.confidence,
    }


def dissent_data(dissent: Dissent) -> dict[str, Any]:
    """A dissent as JSON has it."""
    return {
        "model": dissent.by,
        "view": dissent.view,
        "quote": dissent.quote,
        "reason": dissent.reason,
        "round": dissent.round,
    }


def stage_data(stage: Stage) -> dict[str, Any]:
    """A stage's usage as JSON has it."""
    usage = sum((call.usage for call in stage.calls if call.usage is not None), Usage())
    dollars = total_cost(stage.calls)
    return {
        "stage": stage.name,
        "calls": len(stage.calls),
        "failed_calls": sum(call.error is not None for call in stage.calls),
        "input_tokens": usage.input_tokens,
        "cached_input_tokens": usage.cached_input_tokens,
        "output_tokens": usage.output_tokens,
        "cost_usd": None if dollars is None else float(dollars),
    }
