"""A pull request over several pushes, reviewed each time as the App does it, by models that say what a test wants."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llm_runtime.llm import LLM
from llm_runtime.messages import Completion, Request
from reviewers.conclusion import conclude
from reviewers.diff import Diff
from reviewers.diff_parser import decode_diff, parse_diff
from reviewers.evidence_source import Evidence
from reviewers.findings import Fact
from reviewers.house_rules import NO_HOUSE_RULES, HouseRules
from reviewers.incremental import NOTHING_REVIEWED, Reviewed, findings_of, hunks_of, reviewer_key
from reviewers.outcomes import Outcome
from reviewers.panel import MultiModelCodeReviewer
from reviewers.perspectives import by_name
from reviewers.plan import ReviewPlan, make_plan
from reviewers.review import Gap, Review, Skipped
from reviewers.reviewer import Reviewer
from reviewers.selection import select
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import target
from tests.llm_runtime.doubles import ScriptedLLM, Step, completion, spec

BUGS = by_name("bugs")
SECURITY = by_name("security")


def remark(quote: str, path: str = "a.py", **rest: Any) -> dict[str, Any]:
    return {
        "path": path,
        "quote": quote,
        "line": None,
        "removed": False,
        "rule": "logic-error",
        "severity": "high",
        "confidence": 0.9,
        "title": f"Fault in {quote}",
        "message": "It breaks.",
        "suggestion": None,
        "evidence": [],
    } | rest


def says(*remarks: dict[str, Any], dropped: Mapping[str, str] = {}) -> Completion:
    entries = [{"id": name, "reason": reason} for name, reason in dropped.items()]
    return completion(json.dumps({"findings": list(remarks), "dropped_evidence": entries}))


def flags_faults(request: Request) -> Completion:
    """A model that finds every added line with ``FAULT`` in it, and nothing else."""
    found, path = [], ""
    listed = request.question.partition("Rules you may report under")[2]
    rule = re.search(r"^- ([a-z-]+):", listed, re.MULTILINE)
    assert rule is not None
    for row in request.context[1].split("\n"):
        if match := re.match(r"FILE (\S+) \(", row):
            path = match[1]
        elif match := re.match(r" *(\d+) \+ (.*FAULT.*)", row):
            found.append(remark(match[2], path, line=int(match[1]), rule=rule[1]))
    return says(*found)


@dataclass
class Pushes:
    """One pull request.

    Attributes:
        reviewed: What the store would have.
        asked: What the models were asked in the last look, as the code they were shown.
    """

    reviewed: Reviewed = NOTHING_REVIEWED
    asked: list[str] = field(default_factory=list)
    plan: ReviewPlan = field(init=False)

    def look(
        self,
        diff: Diff,
        answer: Step = flags_faults,
        *,
        reviewers: Iterable[Reviewer] = (BUGS,),
        answers: Mapping[str, Step] = {},
        facts: Iterable[Fact] = (),
        failed: Iterable[str] = (),
        unlisted: tuple[Skipped, ...] = (),
        house_rules: HouseRules = NO_HOUSE_RULES,
        window: int = 200_000,
    ) -> Review:
        """Review a push, and remember each answer as it comes."""
        snapshot = PullRequestSnapshot(target=target(), diff=diff, unlisted=unlisted)
        looking = tuple(reviewers)
        evidence = Evidence(
            facts=tuple(facts),
            gaps=tuple(Gap(reviewer=f"evidence: {name}", path="", reason="broke") for name in failed),
        )
        self.plan = make_plan(
            snapshot,
            select(diff),
            looking,
            models={each.name: spec(window=window) for each in looking},
            facts=evidence.facts,
            fence="fence",
            price=lambda *_: None,
            house_rules=house_rules,
            reviewed=self.reviewed,
        )
        llms: dict[str, LLM] = {
            each.name: ScriptedLLM(spec(window=window), answers.get(each.name, answer)) for each in looking
        }

        def remember(outcome: Outcome) -> None:
            key = reviewer_key(outcome.task.reviewer, house_rules)
            by = dict(self.reviewed.by)
            by[key] = by.get(key, frozenset()) | hunks_of(outcome)
            self.reviewed = Reviewed(by=by, findings=(*self.reviewed.findings, *findings_of(outcome, snapshot)))

        result = MultiModelCodeReviewer(llms).run(self.plan.tasks, remember)
        self.asked = [task.request.context[1] + task.request.question for task in self.plan.tasks]
        return conclude(snapshot, self.plan, result, evidence, reviewers=[each.name for each in looking])


class Repository:
    """A real one, with a branch ``change`` on ``main``."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main")
        self.commit(files)
        self.git("checkout", "-q", "-b", "change")

    def git(self, *arguments: str) -> bytes:
        settings = ("user.name=t", "user.email=t@example.org", "core.autocrlf=false", "commit.gpgsign=false")
        options = [option for setting in settings for option in ("-c", setting)]
        done = subprocess.run(["git", *options, *arguments], cwd=self.folder, capture_output=True, check=True)
        return done.stdout

    def commit(self, files: Mapping[str, str | None], branch: str | None = None) -> None:
        """Write these files, or remove them where there is no text, and commit."""
        if branch:
            self.git("checkout", "-q", branch)
        for path, text in files.items():
            if text is None:
                (self.folder / path).unlink()
            else:
                (self.folder / path).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")

    def diff(self) -> Diff:
        """What GitHub shows of the pull request: from the merge base."""
        return parse_diff(decode_diff(self.git("diff", "main...change")))
