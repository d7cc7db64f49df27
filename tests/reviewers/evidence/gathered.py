"""What the real tools say of a change that a test makes up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.tools import run_tools
from reviewers.base_texts import with_base_texts
from reviewers.diff import Diff, FileDiff
from reviewers.evidence import EVIDENCE, Source
from reviewers.evidence_source import Evidence, Failed, Job, Printed, Run
from reviewers.gathering import gather
from reviewers.review import Target
from reviewers.snapshot import PullRequestSnapshot


def gathered(
    *files: FileDiff,
    contents: Mapping[str, str] | None = None,
    sources: Sequence[Source] = EVIDENCE,
    run: Run = run_tools,
    settings: Mapping[str, str] | None = None,
) -> Evidence:
    snapshot = with_base_texts(
        PullRequestSnapshot(
            target=Target(kind="diff", name="change.diff"),
            diff=Diff(files),
            contents=contents or {},
            settings=settings or {},
        )
    )
    return gather(snapshot, files, run, sources)


def codes(evidence: Evidence) -> list[tuple[int, int, str]]:
    """First line, last line and tool's rule of each fact."""
    return [(fact.start_line, fact.end_line, fact.code) for fact in evidence.facts]


def never(jobs: Sequence[Job]) -> Sequence[Printed | Failed]:
    """A way to run tools that must not be taken."""
    raise AssertionError(f"{jobs[0].program} was started")
