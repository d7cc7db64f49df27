"""The suite ``evidence``: every example of our pattern rules and reviewers, each as the file that a change adds."""

from __future__ import annotations

from collections.abc import Iterator

from app.bench.suites import written_diff
from reviewers.bench.case import Case, Golden, Spot
from reviewers.diff_parser import parse_diff
from reviewers.findings import Severity
from reviewers.patterns.rules import FOLDER, PatternRule, load
from reviewers.perspectives import REVIEWERS
from reviewers.review import Target
from reviewers.reviewer import Clean, Flagged, Reviewer
from reviewers.snapshot import PullRequestSnapshot
from reviewers.syntax.languages import LANGUAGES, language_of

_ABOVE = 40
"""Lines of a file that stand before a reviewer's example."""


def evidence_suite() -> tuple[Case, ...]:
    """One case for each example, by id.

    What a pattern rule's example does not say is open: its code may well have other faults. A clean one is clean of
    that rule. A reviewer's examples are parts of files, so they are shown as such; what it must leave alone is clean
    of everything.
    """
    rules = load(path.name for path in FOLDER.iterdir() if path.is_dir())
    cases = [case for rule in rules for case in _of_rule(rule)]
    cases += [case for reviewer in REVIEWERS for case in _of_reviewer(reviewer)]
    return tuple(sorted(cases, key=lambda case: case.id))


def snapshot_of(name: str, path: str, code: str) -> PullRequestSnapshot:
    """The change that adds one file."""
    text = code if code.endswith("\n") else f"{code}\n"
    return PullRequestSnapshot(
        target=Target(kind="diff", name=name),
        diff=parse_diff(written_diff({}, {path: text})),
        contents={path: text},
        title=f"Add {path}",
    )


def _snippet(name: str, path: str, code: str) -> PullRequestSnapshot:
    """The change that adds some lines in the middle of a file of which nothing else is known."""
    lines = code.removesuffix("\n").split("\n")
    head = f"--- a/{path}\n+++ b/{path}\n@@ -{_ABOVE},0 +{_ABOVE + 1},{len(lines)} @@\n"
    diff = parse_diff(head + "".join(f"+{line}\n" for line in lines))
    return PullRequestSnapshot(target=Target(kind="diff", name=name), diff=diff, title=f"Change {path}")


def _of_rule(rule: PatternRule) -> Iterator[Case]:
    for kind, examples in (("flagged", rule.flagged), ("clean", rule.clean)):
        for number, example in enumerate(examples, start=1):
            for language in (example.language,) if example.language else rule.languages:
                name = f"{language}-{rule.id}-{kind}-{number}"
                path = f"src/{rule.id.replace('-', '_')}{_ending(language)}"
                yield Case(
                    id=name,
                    languages=(language,),
                    perspective=rule.reviewer,
                    snapshot=snapshot_of(name, path, example.code),
                    goldens=tuple(_golden(rule, path, line) for line in example.lines),
                    complete=not example.lines,
                    kinds=() if example.lines else (rule.id,),
                )


def _golden(rule: PatternRule, path: str, line: int) -> Golden:
    spot = Spot(path=path, start_line=line, end_line=line, reviewer=rule.reviewer, rule=rule.rule, reach=0)
    return Golden(spots=(spot,), text=rule.message, severity=Severity.of(rule.severity), kinds=(rule.id,))


def _of_reviewer(reviewer: Reviewer) -> Iterator[Case]:
    for number, flagged in enumerate(reviewer.flagged, start=1):
        spot = Spot(
            path=flagged.path,
            start_line=_ABOVE + flagged.line,
            end_line=_ABOVE + flagged.line,
            reviewer=reviewer.name,
            rule=flagged.rule,
        )
        golden = Golden(spots=(spot,), text=reviewer.rule(flagged.rule).summary)
        yield _example(f"reviewer-{reviewer.name}-flagged-{number}", reviewer, flagged, goldens=(golden,))
    for number, clean in enumerate(reviewer.clean, start=1):
        yield _example(f"reviewer-{reviewer.name}-clean-{number}", reviewer, clean, temptation=clean.temptation)


def _example(
    name: str,
    reviewer: Reviewer,
    example: Flagged | Clean,
    *,
    goldens: tuple[Golden, ...] = (),
    temptation: str = "",
) -> Case:
    return Case(
        id=name,
        languages=(language_of(example.path) or "other",),
        perspective=reviewer.name,
        snapshot=_snippet(name, example.path, example.code),
        goldens=goldens,
        temptation=temptation,
        complete=not goldens,
    )


def _ending(language: str) -> str:
    """The shortest ending of a language's files, which is the usual one."""
    return min(LANGUAGES[language], key=lambda ending: (len(ending), ending))
