"""A finding and the diff go in; the lines of the diff around it, numbered and marked, come out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reviewers.diff import Diff, FileDiff, Hunk, Line, Side
from reviewers.findings import Finding
from reviewers.firewall.secrets import SECRET_RULE, masked, values_on
from reviewers.review import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    """A line of the diff beside a finding.

    Attributes:
        line: The line.
        flagged: Whether the finding stands on it.
    """

    line: Line
    flagged: bool

    @property
    def marker(self) -> str:
        """``+``, ``-`` or a space, as in a diff."""
        if self.line.added:
            return "+"
        return "-" if self.line.removed else " "

    @property
    def number(self) -> int:
        """Its number in the new file, or, for a removed line, in the old one."""
        number = self.line.old if self.line.new is None else self.line.new
        return number or 0


class Quotes:
    """A diff's lines by path, side and number, looked up for all findings of a report.

    Args:
        diff: The change.
        secrets: Values that stand in it, the longest first, and are shown nowhere.
    """

    def __init__(self, diff: Diff, secrets: Sequence[str] = ()) -> None:
        self._secrets = tuple(secrets)
        self._files: dict[tuple[str, Side], list[FileDiff]] = defaultdict(list)
        self._places: dict[tuple[str, Side], dict[int, tuple[Hunk, int]]] = {}
        for file in diff.files:
            self._files[file.path, Side.RIGHT].append(file)
            for path in {file.path, file.old_path or file.path}:
                self._files[path, Side.LEFT].append(file)

    @classmethod
    def of(cls, review: Review, diff: Diff) -> Quotes:
        """Those of a review's report, without the secrets that stand where it found some, told or not."""
        untold = [each.finding for each in review.below_threshold] + [each.finding for each in review.silenced]
        found = [each.location for each in (*review.findings, *review.refuted, *untold) if each.rule == SECRET_RULE]
        lines = (
            line.text
            for place in found
            if place is not None
            for file in diff.of(place.path)
            for line in file.lines
            if place.start_line <= (line.number(place.side) or 0) <= place.end_line
        )
        return cls(diff, values_on(lines))

    def around(self, finding: Finding, *, context: int) -> tuple[QuotedLine, ...]:
        """The lines the finding stands on and ``context`` lines on either side, all of one hunk.

        Empty where the finding has no place, or one that is not on this diff. Secrets are masked: a report is read by
        more people than the code is, and stays where it was printed.
        """
        if finding.location is None:
            return ()
        location = finding.location
        places = self._of(location.path, location.side)
        found = [places[number] for number in range(location.start_line, location.end_line + 1) if number in places]
        if not found:
            return ()
        hunk = found[0][0]
        flagged = {at for of, at in found if of is hunk}
        shown = range(max(0, min(flagged) - context), min(len(hunk.lines), max(flagged) + context + 1))
        texts = self._without_secrets(
            [hunk.lines[at].text for at in shown], [hunk.lines[at].text for at in flagged], finding
        )
        return tuple(
            QuotedLine(line=replace(hunk.lines[at], text=text), flagged=at in flagged)
            for at, text in zip(shown, texts, strict=True)
        )

    def header(self, finding: Finding) -> str:
        """The header of the hunk that the finding stands in, or the empty string."""
        if finding.location is None:
            return ""
        place = self._of(finding.location.path, finding.location.side).get(finding.location.start_line)
        return place[0].header if place else ""

    def _of(self, path: str, side: Side) -> dict[int, tuple[Hunk, int]]:
        """Where each line number of one file and side stands; the first hunk counts where a path comes twice."""
        if (path, side) not in self._places:
            places: dict[int, tuple[Hunk, int]] = {}
            for file in self._files.get((path, side), ()):
                for hunk in file.hunks:
                    for at, line in enumerate(hunk.lines):
                        if (number := line.number(side)) is not None:
                            places.setdefault(number, (hunk, at))
            self._places[path, side] = places
        return self._places[path, side]

    def _without_secrets(self, shown: Sequence[str], flagged: Sequence[str], finding: Finding) -> list[str]:
        """The lines with secrets masked; masked as one text, as a private key has several."""
        own = values_on(flagged) if finding.rule == SECRET_RULE else ()
        return masked("\n".join(shown), (*self._secrets, *own)).split("\n")


def quoted_anchor(finding: Finding) -> str:
    """The code that a finding stands on, without secrets."""
    lines = finding.anchor.split("\n") if finding.rule == SECRET_RULE else ()
    return masked(finding.anchor, values_on(lines))


def replaced(quoted: Iterable[QuotedLine]) -> tuple[str, ...]:
    """The text of the lines that a suggestion would replace."""
    return tuple(row.line.text.removesuffix("\r") for row in quoted if row.flagged and not row.line.removed)


def suggested(suggestion: str) -> tuple[str, ...]:
    """The lines of a suggestion; none where it deletes."""
    lines = tuple(line.removesuffix("\r") for line in suggestion.removesuffix("\n").split("\n"))
    return () if lines == ("",) and not suggestion.startswith("\n") else lines
