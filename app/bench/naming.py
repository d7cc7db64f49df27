"""What a user calls a suite comes in, its cases come out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.bench.evidence_suite import evidence_suite
from app.bench.labelled_suite import INDEX, labelled_suite
from app.bench.suites import read_suite
from reviewers.bench.case import Case

EVIDENCE = "evidence"
FOLDER = Path("bench") / "suites"
"""Where a repository keeps its suites: one that lies there may be called by its name alone."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases that are run together."""

    name: str
    cases: tuple[Case, ...]


def find_suite(name: str, *, claimed_only: bool) -> Suite:
    """The suite of that name.

    Args:
        name: ``evidence``, a folder, or the name of one below ``bench/suites``.
        claimed_only: Whether, of labels that others gave, only those count whose kinds our evidence claims to find.

    Raises:
        Misconfigured: There is none, or it cannot be read.
    """
    if name == EVIDENCE:
        return Suite(name, evidence_suite())
    folder = Path(name)
    if not folder.is_dir() and (FOLDER / name).is_dir():
        folder = FOLDER / name
    if (folder / INDEX).is_file():
        return Suite(folder.resolve().name, labelled_suite(folder, claimed_only=claimed_only))
    return Suite(folder.resolve().name, read_suite(folder))
