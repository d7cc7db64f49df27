"""Added lines read by detect-secrets: keys, tokens and passwords that must not be in code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from reviewers.diff import FileDiff
from reviewers.errors import ToolAnswerUnreadable
from reviewers.evidence_source import EvidenceSource, Job, Piece, Printed, Reading, Remark, in_tests, json_list, suffix
from reviewers.findings import Severity
from reviewers.pieces import added_piece


def wants(path: str) -> bool:
    """Everything but files that are full of hashes: locks, checksums, drawings, maps of minified code."""
    name = path.lower().rsplit("/", 1)[-1]
    return suffix(path) not in _HASHES and name not in _LOCKS and ".min." not in name


def pieces(file: FileDiff, text: str | None) -> tuple[Piece, ...]:  # noqa: ARG001 - every source is asked alike
    """The added lines: a secret that was there before is not this change's."""
    ending = suffix(file.path)
    return (added_piece(file, f"added{ending}" if ending in _ENDINGS else "added.txt"),)


def parse(printed: Printed, pieces: Mapping[str, Piece]) -> Reading:
    """The scanner's list of place, line, kind and certainty."""
    try:
        return Reading(
            remarks=tuple(
                remark
                for place, line, kind, certainty in json_list(printed.output)
                if (remark := _remark(place, pieces[place], line, kind, shaped=certainty == "shape")) is not None
            )
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ToolAnswerUnreadable(str(error)) from error


_HASHES = {".lock", ".sum", ".svg", ".map", ".snap", ".ipynb", ".po", ".pub", ".asc", ".sha256", ".diff", ".patch"}
_LOCKS = {
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "packages.lock.json",
    "cartfile.resolved",
    "package.resolved",
    "brewfile.lock.json",
    "go.sum",
}
_KNOWN_ENDINGS = """
.c .cf .cfg .cls .cnf .conf .cpp .cs .eyaml .go .ini .java .js .m .php .properties .py .pyi .swift .tf .toml .yaml .yml
"""
_ENDINGS = set(_KNOWN_ENDINGS.split())
_PROSE = {".md", ".rst", ".adoc", ".txt", ".mdx", ".html"}
_SOURCE_PAGE = "https://github.com/Yelp/detect-secrets"


def _remark(place: str, piece: Piece, line: int, kind: str, *, shaped: bool) -> Remark | None:
    """What it means there: in tests and in prose only a vendor's own form counts, and that for less."""
    sample = in_tests(piece.path) or suffix(piece.path) in _PROSE or bool(_SAMPLE.search(piece.path))
    if sample and not shaped:
        return None
    return Remark(
        place=place,
        code=kind,
        start_line=line,
        end_line=line,
        message=f"What looks like a secret stands in the code ({kind})",
        reviewer="security",
        rule="hardcoded-secret",
        cwe="CWE-798",
        severity=Severity.MEDIUM if sample or not shaped else Severity.HIGH,
        confidence=_CONFIDENCE[shaped, sample],
        url=_SOURCE_PAGE,
    )


# By whether a vendor's form or only a name says so, and whether it stands in a sample. What stands in a sample is not
# told of itself (``reviewers.calibration``); a password that is called one is.
_CONFIDENCE = {(True, False): 0.9, (False, False): 0.6, (True, True): 0.5}
_SAMPLE = re.compile(r"(?i)(?:^|[/._-])(?:example|sample|template|dist|demo)s?(?:[/._-]|$)")

SECRETS = EvidenceSource(
    name="detect-secrets",
    wants=wants,
    pieces=pieces,
    job=Job(
        program="python",
        package="detect-secrets",
        arguments=("-I", str(Path(__file__).parent.parent / "secret_scanner.py")),
    ),
    parse=parse,
    partial="not known",
    signs=frozenset({("security", "hardcoded-secret")}),
)
