"""What the page of the run shows of a step: the review as Markdown, and before it what kept it from being posted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import OutputLost
from app.live_check import PERMISSION as CHECKS
from app.review_publishing import PERMISSION as POSTS
from reviewers.report.markdown import render
from reviewers.report.sanitising import inline_text

if TYPE_CHECKING:
    from app.action.outcome import Outcome

MOST_BYTES = 1_024 * 1_024
"""Of a step's summary; a larger one is not shown at all (docs.github.com, adding a job summary)."""

CUT = "\n\n… the summary is cut here, for its length; the reports of this run hold the whole review.\n"

_CONSEQUENCES: Mapping[str, str] = {
    POSTS: "the review is not posted on the pull request: it stands in the summary of this run, and in annotations",
    CHECKS: "there is no check on the commit: the state of this job stands for it",
}


def summary_of(outcome: Outcome, line: str) -> str:
    """The whole summary, as large as it may be.

    Args:
        outcome: What was done.
        line: How it ended, for people.
    """
    said = inline_text(line, limit=2_000)
    warnings = [f"> ⚠️ {inline_text(notice, limit=1_000)}" for notice in notices(outcome.missing)]
    if outcome.review is None or outcome.diff is None:
        reasons = [outcome.verdict.summary] if outcome.verdict is not None and outcome.verdict.summary else []
        parts = ["# Quartet", said, *warnings, *reasons]
    else:
        body = render(outcome.review, outcome.diff)
        # The body begins with what the line says, where nothing went wrong.
        parts = [*([] if said in body else [said]), *warnings, body]
    return cut("\n\n".join(parts) + "\n")


def notices(missing: Mapping[str, str]) -> Iterator[str]:
    """For each permission that is missing one line: what follows of it, and what to do."""
    for permission, refusal in missing.items():
        yield (
            f"GitHub refuses this token {permission}, so {_CONSEQUENCES[permission]}. "
            f"Add {permission} to the permissions of the job; for pull requests from forks, which have none, "
            "quartet init --fork-safe writes two workflows. "
            f"In full: {refusal}"
        )


def cut(text: str, *, most_bytes: int = MOST_BYTES) -> str:
    """A text of Markdown that has no more bytes, with a word where it was cut.

    A block of code that would be left open is closed.

    Args:
        text: Markdown.
        most_bytes: Of UTF-8.
    """
    data = text.encode("utf-8", "replace")
    if len(data) <= most_bytes:
        return data.decode()
    # A fence may be as long as a line.
    room = most_bytes - 2 * len(CUT.encode()) - 200
    head = data[: max(0, room)].decode("utf-8", "ignore")
    whole = head.rpartition("\n")[0]
    fence = _open_fence(whole.split("\n"))
    return f"{whole}\n{fence[:200]}{CUT}"


def write_summary(path: Path | None, text: str) -> None:
    """Append it to the file that the runner shows; nothing is done where there is none.

    Raises:
        OutputLost: The file cannot be written.
    """
    if path is None:
        return
    try:
        with path.open("ab") as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        msg = f"the summary cannot be written to GITHUB_STEP_SUMMARY ({reason}); the reports hold the review"
        raise OutputLost(msg) from error


def _open_fence(lines: Iterable[str]) -> str:
    """The fence that closes the block of code which the last line stands in, or nothing."""
    fence = ""
    for line in lines:
        stripped = line.strip()
        marks = stripped[: len(stripped) - len(stripped.lstrip("`"))]
        if not fence and len(marks) >= len("```"):
            fence = marks
        elif fence and stripped == marks and len(marks) >= len(fence):
            fence = ""
    return fence
