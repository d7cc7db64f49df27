"""What ``quartet doctor`` says of the tools that read code: which are there, and how to get the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from app.cli.doctor_line import Line
from app.tools import is_installed
from reviewers.evidence import EVIDENCE
from reviewers.evidence_source import EvidenceSource


def report(folders: Sequence[Path] | None = None) -> Iterator[Line]:
    """A line of what is there, one for each package that would bring more, one for each tool that must be there.

    Args:
        folders: Where programs are; by default where those of this installation are.
    """
    tools = [source for source in EVIDENCE if isinstance(source, EvidenceSource)]
    missing = [source for source in tools if not is_installed(source.job, folders)]
    there = [source.name for source in tools if source not in missing]
    if there:
        yield Line(f"✓ tools that read code: {', '.join(there)}")
    packages = dict.fromkeys(source.job.package for source in missing if source.optional)
    for package in packages:
        names = [source.name for source in missing if source.optional and source.job.package == package]
        yield Line(f"! {', '.join(names)} would read more: pip install '{package}'")
    for source in missing:
        if not source.optional:
            yield Line(f"✗ {source.name} is not installed: pip install {source.job.package}", fault=True)
