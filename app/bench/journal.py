"""What a run has found out about a case, kept as it is found, so that nothing is asked or computed twice."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import reviewers
from app.store.finding_data import finding_from_data, finding_to_data, gaps_from_data, gaps_to_data
from llm_runtime.recorded import call_data, call_of
from reviewers.bench.judging import Verdict

if TYPE_CHECKING:
    from llm_runtime.messages import Call
    from reviewers.bench.case import Case
    from reviewers.findings import Finding
    from reviewers.review import Gap

_PROGRAM = Path(reviewers.__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a review said of a case.

    Attributes:
        findings: The remarks.
        seconds: From reading the case to its review.
        calls: Every exchange with a model for it.
        gaps: What was not answered.
        verdicts: What judges said of pairs of findings and goldens.
        judging: Every exchange with a judge.
    """

    findings: tuple[Finding, ...]
    seconds: float
    calls: tuple[Call, ...] = ()
    gaps: tuple[Gap, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    judging: tuple[Call, ...] = ()


class Journal:
    """A folder with a file for each case that is done; one of another program, model or case does not count.

    Without a folder nothing is kept.
    """

    def __init__(self, folder: Path | None, *, setting: Mapping[str, Any]) -> None:
        """Open a journal.

        Args:
            folder: Where it lies, or None.
            setting: What else decides the results: models, reviewers, judges.
        """
        self._folder = folder
        self._setting = json.dumps([program_digest(), setting], sort_keys=True) if folder else ""

    def find(self, case: Case) -> Told | None:
        """What is known of a case, or None."""
        if self._folder is None:
            return None
        try:
            data = json.loads(self._file(case).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # ValueError: cut short when the machine went down
            return None
        return _told(data) if data.get("key") == self._key(case) else None

    def write(self, case: Case, told: Told) -> None:
        """Keep it; all of it, or nothing where the program is ended meanwhile."""
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f".{os.getpid()}.draft"
        draft.write_text(json.dumps({"key": self._key(case), **_data(told)}, indent=1) + "\n", encoding="utf-8")
        draft.replace(self._file(case))

    def _file(self, case: Case) -> Path:
        assert self._folder is not None  # noqa: S101 - the callers have seen to it
        return self._folder / f"{hashlib.sha256(case.id.encode()).hexdigest()[:24]}.json"

    def _key(self, case: Case) -> str:
        return hashlib.sha256(f"{self._setting}\n{case!r}".encode("utf-8", "surrogatepass")).hexdigest()


def program_digest() -> str:
    """Identity of what reviews: instructions, prompts, rules, and all that places and judges findings."""
    digest = hashlib.sha256()
    for file in sorted(_files(_PROGRAM)):
        digest.update(file.relative_to(_PROGRAM).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _files(folder: Path) -> Iterable[Path]:
    bench = folder / "bench"
    return (file for file in folder.rglob("*") if file.suffix in (".py", ".yml") and not file.is_relative_to(bench))


def _data(told: Told) -> dict[str, Any]:
    return {
        "findings": [finding_to_data(finding) for finding in told.findings],
        "seconds": told.seconds,
        "calls": [call_data(call) for call in told.calls],
        "gaps": gaps_to_data(told.gaps),
        "verdicts": [asdict(verdict) for verdict in told.verdicts],
        "judging": [call_data(call) for call in told.judging],
    }


def _told(data: Mapping[str, Any]) -> Told:
    return Told(
        findings=tuple(finding_from_data(item) for item in data["findings"]),
        seconds=data["seconds"],
        calls=tuple(call_of(item) for item in data["calls"]),
        gaps=gaps_from_data(data["gaps"]),
        verdicts=tuple(Verdict(**{**item, "votes": tuple(item["votes"])}) for item in data["verdicts"]),
        judging=tuple(call_of(item) for item in data["judging"]),
    )
