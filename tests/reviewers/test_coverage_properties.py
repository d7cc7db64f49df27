"""Whatever changes, whoever is asked, however much money there is and whoever answers: every changed line is told."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from llm_runtime.messages import Usage
from reviewers.conclusion import conclude_without_models
from reviewers.cost_cap import within
from reviewers.coverage import coverage
from reviewers.diff import Diff, FileStatus
from reviewers.evidence import EVIDENCE
from reviewers.evidence_source import Evidence, Unread
from reviewers.perspectives import REVIEWERS
from reviewers.plan import make_plan
from reviewers.prompts import MAX_LINE_CHARACTERS
from reviewers.review import Coverage, Gap
from reviewers.selection import select
from reviewers.snapshot import PullRequestSnapshot
from tests.builders import file_diff, hunk, skipped, target
from tests.llm_runtime.doubles import spec

PATHS = ("a.py", "b/c.go", "docs/x.md", "locale/de.po", "poetry.lock", "vendor/lib.js", "app.min.js", "pic.png", ".x")
ROWS = st.builds(
    str.__add__,
    st.sampled_from(" +-"),
    st.sampled_from(["", "x = 1", "    def f(self):", "y" * (MAX_LINE_CHARACTERS + 1), "value " * 300, "{"]),
)
HUNKS = st.lists(ROWS, min_size=1, max_size=12).map(lambda rows: hunk(*rows))
FILES = st.builds(
    lambda path, hunks, status, binary, unseen, old_path: file_diff(
        path, *hunks, status=status, binary=binary, unseen_lines=unseen, old_path=old_path
    ),
    st.sampled_from(PATHS),
    st.lists(HUNKS, max_size=4),
    st.sampled_from(FileStatus),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([0, 0, 0, 7]),
    st.sampled_from([None, "old.py"]),
)
DIFFS = st.lists(FILES, max_size=6).map(lambda files: Diff(tuple(files)))


def _told(said: Coverage) -> int:
    return said.reviewed_lines + sum(item.lines for item in said.skipped)


@given(data=st.data(), diff=DIFFS, unlisted=st.integers(0, 9), window=st.sampled_from([300, 1_500, 200_000]))
def test_every_changed_line_is_reviewed_or_listed_whoever_answers(
    data: st.DataObject, diff: Diff, unlisted: int, window: int
) -> None:
    snapshot = PullRequestSnapshot(
        target=target(),
        diff=diff,
        contents={"a.py": "class A:\n    x = 1\n"},
        unlisted=(skipped("rest", "not listed", unlisted),),
    )
    asked = data.draw(st.lists(st.sampled_from(REVIEWERS), min_size=1, unique_by=lambda reviewer: reviewer.name))
    ignored = data.draw(st.lists(st.sampled_from(["*.py", "docs/", "!vendor/"]), unique=True))
    plan = make_plan(
        snapshot,
        select(diff, ignore=tuple(ignored), max_file_lines=20),
        asked,
        models={reviewer.name: spec(window=window) for reviewer in asked},
        facts=(),
        fence="fence",
        price=_price,
    )
    cap = data.draw(st.none() | st.integers(1, 30).map(Decimal))
    if cap is not None:
        plan = within(plan, cap, price=_price)
    answered = [task for task in plan.tasks if data.draw(st.booleans())]

    said = coverage(plan, answered)

    assert _told(said) == said.changed_lines == diff.changed_lines + unlisted
    assert all(item.lines >= 0 and item.reason for item in said.skipped)


@given(data=st.data(), diff=DIFFS)
def test_every_changed_line_is_reviewed_or_listed_whatever_the_tools_can_read(data: st.DataObject, diff: Diff) -> None:
    selection = select(diff)
    snapshot = PullRequestSnapshot(target=target(), diff=diff)
    broken = data.draw(st.lists(st.sampled_from(EVIDENCE), unique_by=lambda source: source.name))
    evidence = Evidence(
        gaps=tuple(Gap(reviewer=f"evidence: {source.name}", path="", reason="broke") for source in broken),
        unread=tuple(
            Unread(source=source.name, path=file.path, lines=file.additions, reason="only parts of it are known")
            for file in selection.files
            for source in EVIDENCE
            if file.additions and source.wants(file.path) and data.draw(st.booleans())
        ),
    )

    said = conclude_without_models(
        snapshot, selection, evidence, reviewers=["bugs"], sources=EVIDENCE, reason="no key"
    ).coverage

    assert _told(said) == said.changed_lines == diff.changed_lines
    assert said.reviewed_lines >= 0


def _price(_: object, usage: Usage) -> Decimal:
    return Decimal(usage.output_tokens) / 4_000
