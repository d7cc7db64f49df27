"""What a step has done, as it comes about: the review and its reports, how it ended, what the token may not do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import OutputLost
from reviewers.findings import Severity
from reviewers.report import REPORTS
from reviewers.report.wording import severity_counts, share

if TYPE_CHECKING:
    from app.verdicts import Verdict
    from reviewers.diff import Diff
    from reviewers.review import Review

FAILED = "failed"
"""The output ``verdict`` where a review could not be done."""

SKIPPED = "skipped"
"""The same where none was wanted."""

CANCELLED = "cancelled"
"""The same where the step was told to end."""


class Outcome:
    """Is told by the review what becomes of it.

    Reports and outputs are written as soon as a review is made, so that nothing which comes after it can lose them.

    Args:
        folder: Where reports go; None for nowhere.
        formats: Which are written.
        hand_on: Takes the outputs by name; the last call counts.
        number: The pull request, as far as it is known.

    Attributes:
        review: What was found, without what people have dealt with.
        verdict: How the check ends; None where there is no review to end.
        missing: For each permission that the token lacks, GitHub's refusal.
        number: As above; it may become known later.
        lost: Why a report or the outputs could not be written, which keeps nothing from being posted.
    """

    def __init__(
        self,
        folder: Path | None,
        formats: Sequence[str],
        *,
        hand_on: Callable[[Mapping[str, str]], None],
        number: int | None = None,
    ) -> None:
        self._folder, self._formats, self._hand_on = folder, formats, hand_on
        self._paths: dict[str, Path] = {}
        self.review: Review | None = None
        self.diff: Diff | None = None
        self.verdict: Verdict | None = None
        self.missing: dict[str, str] = {}
        self.number = number
        self.lost: OutputLost | None = None

    def made(self, review: Review, diff: Diff) -> None:
        """A review is made, and nothing of it is posted yet."""
        self.review, self.diff = review, diff
        try:
            self._write(review, diff)
            self.conclude(FAILED)
        except OutputLost as error:
            self.lost = error

    def ended(self, verdict: Verdict) -> None:
        """It has ended so, as its check says."""
        self.verdict = verdict

    def lack(self, permission: str, refusal: str) -> None:
        """The token does not have a permission, and the work goes on without it."""
        self.missing.setdefault(permission, refusal)

    def conclude(self, word: str) -> None:
        """Hand on how it stands.

        Raises:
            OutputLost: The outputs cannot be written.
        """
        self._hand_on({"verdict": word, **self._counts(), **self._named_paths()})

    def _write(self, review: Review, diff: Diff) -> None:
        if self._folder is None:
            return
        for name in self._formats:
            path = self._folder / f"review{REPORTS[name].suffix}"
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                path.write_bytes(REPORTS[name].render(review, diff).encode("utf-8", "replace"))
            except OSError as error:
                reason = (error.strerror or type(error).__name__).lower()
                msg = f"the report {path} cannot be written ({reason}); set QUARTET_ACTION_OUT to another folder"
                raise OutputLost(msg) from error
            self._paths[name] = path

    def _named_paths(self) -> Mapping[str, str]:
        return {f"report-{name}": str(path) for name, path in self._paths.items()}

    def _counts(self) -> Mapping[str, str]:
        number = "" if self.number is None else str(self.number)
        if self.review is None:
            return {"pull-request": number}
        review, counts = self.review, severity_counts(self.review.findings)
        changed, reviewed = review.coverage.changed_lines, review.coverage.reviewed_lines
        cost = review.cost_usd
        return {
            "pull-request": number,
            "findings": str(len(review.findings)),
            **{severity.label: str(counts.get(severity, 0)) for severity in Severity},
            "cost-usd": "" if cost is None else f"{cost:f}",
            "coverage": share(reviewed, changed).removesuffix(" %") if changed else "100",
            "changed-lines": str(changed),
            "reviewed-lines": str(reviewed),
            "gaps": str(len(review.gaps)),
        }
