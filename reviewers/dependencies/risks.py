"""What one dependency, option or script of a manifest may do to those who install it; as facts on its line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewers.computing import Changed
from reviewers.dependencies.dependency import Dependency, Origin
from reviewers.dependencies.json import hooks
from reviewers.dependencies.lookalikes import lookalike
from reviewers.dependencies.manifests import ecosystem_of, new_rows, spaced
from reviewers.findings import Fact, Severity

SOURCE = "dependencies"
"""Name of the source in facts."""


def risks_of(new: Dependency, old: Dependency | None, path: str) -> Iterator[Fact]:
    """What is wrong with a dependency that a change adds or alters.

    Args:
        new: As it is now.
        old: As it was, or None where it is new.
        path: The manifest.
    """
    if old is None and (common := lookalike(new.name, ecosystem_of(path))):
        yield risk(
            path,
            new.line,
            "look-alike",
            f"the package {new.name} is one letter away from {common}, which nearly everybody means",
            severity=Severity.HIGH,
            confidence=0.7,
        )
    if new.wanted.startswith(("http://", "ftp://", "git://", "git+http://")):
        said = f"the package {new.name} is fetched without encryption, so whoever is on the way can replace it"
        yield risk(path, new.line, "plain-http", said, severity=Severity.HIGH, confidence=0.8)
    elif new.origin is Origin.GIT and not new.fixed and (old is None or old.fixed):
        said = f"the package {new.name} is taken from a repository without naming a commit: it can change"
        yield risk(path, new.line, "moving-source", said, severity=Severity.MEDIUM, confidence=0.6)
    elif new.anything and not (old is not None and old.anything):
        said = f"the package {new.name} is taken in whatever version is newest at installation"
        yield risk(path, new.line, "any-version", said, severity=Severity.MEDIUM, confidence=0.55)


def options_of(manifest: Changed) -> Iterator[Fact]:
    """What a pip file's new options do to everything that it installs."""
    for line, text in new_rows(manifest):
        option = _OPTION.match(text)
        if option is None:
            continue
        name, value = option.groups()
        if name == "--trusted-host":
            yield risk(
                manifest.path,
                line,
                "trusted-host",
                f"pip no longer checks who answers for {value}",
                severity=Severity.MEDIUM,
                confidence=0.7,
            )
        elif value.startswith("http://"):
            yield risk(
                manifest.path,
                line,
                "plain-http",
                "packages are fetched without encryption",
                severity=Severity.HIGH,
                confidence=0.8,
            )
        elif name == "--extra-index-url":
            said = "with a second index pip takes the higher version of either: anybody can publish a private name"
            yield risk(manifest.path, line, "second-index", said, severity=Severity.MEDIUM, confidence=0.6)


def scripts_of(manifest: Changed) -> Iterator[Fact]:
    """Commands that a package manager will now run on every machine that installs the project."""
    before = {spaced(line.text) for line in manifest.file.lines if line.removed}
    for line, name, command in hooks(new_rows(manifest)):
        if any(f'"{name}"' in text and command in text for text in before):
            continue
        if _FETCHES.search(command):
            said = f"the {name} script fetches and runs code on every machine that installs this"
            yield risk(manifest.path, line, "install-script", said, severity=Severity.HIGH, confidence=0.7)
        else:
            said = f"the {name} script now runs on every machine that installs this"
            yield risk(manifest.path, line, "install-script", said, severity=Severity.LOW, confidence=0.3)


def risk(path: str, line: int, code: str, message: str, *, severity: Severity, confidence: float) -> Fact:
    """A fact for the security auditor on one line of a manifest."""
    return Fact(
        source=SOURCE,
        code=code,
        path=path,
        start_line=line,
        end_line=line,
        message=message,
        reviewer="security",
        rule="supply-chain",
        severity=severity,
        confidence=confidence,
        cwe="CWE-829" if code != "plain-http" else "CWE-494",
    )


_OPTION = re.compile(r"\s*(--index-url|--extra-index-url|--trusted-host|--find-links|-i)[\s=]+(\S+)")
_FETCHES = re.compile(r"\b(?:curl|wget|Invoke-WebRequest|iwr)\b|https?://|\b(?:node|python3?) -[ec]\b|base64")
