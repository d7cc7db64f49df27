"""What is computed from hostile texts ends: each of these once cost a pattern the square of its length."""

from __future__ import annotations

import pytest

from reviewers.computing import Computed
from reviewers.diff import FileStatus
from reviewers.evidence import EVIDENCE
from tests.builders import file_diff, hunk
from tests.reviewers.evidence.gathered import gathered

SOURCES = [source for source in EVIDENCE if isinstance(source, Computed) and source.name != "firewall"]
LONG = 100_000


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("requirements.txt", "a" + " " * LONG + "!", id="spaces in a requirement"),
        pytest.param("package.json", '"a"' + " " * LONG + ":", id="spaces in JSON"),
        pytest.param("Cargo.toml", "[a" + " " * LONG, id="spaces in TOML"),
        pytest.param("package-lock.json", '"resolved"' + " " * LONG, id="spaces in a lock"),
        pytest.param("a.py", "\n" * LONG, id="empty lines"),
        pytest.param("a.js", "\n" * LONG, id="empty lines of a script"),
        pytest.param("a.js", "exports.a" + " " * LONG, id="spaces after an export"),
        pytest.param("a.py", "__all__ = [\n" * (LONG // 12), id="lists without an end"),
        pytest.param("a.ts", "export {\n" * (LONG // 9), id="exports without an end"),
        pytest.param("a.py", "# of all that is said\n" * (LONG // 22), id="comments"),
        pytest.param("a.py", "".join(f"def _f{number}(): pass\n" for number in range(1_000)), id="definitions"),
        pytest.param("a.py", "".join(f"import a{number}\n" for number in range(1_000)), id="imports"),
        pytest.param("a.js", "for (const x of a) {\n" * 1_000, id="loops in loops"),
    ],
)
def test_what_is_computed_from_a_hostile_text_ends(path: str, text: str) -> None:
    rows = text.removesuffix("\n").split("\n")
    change = file_diff(path, hunk(*(f"+{row}" for row in rows), "-gone"), status=FileStatus.MODIFIED)

    evidence = gathered(change, contents={path: "".join(f"{row}\n" for row in rows)}, sources=SOURCES)

    assert [gap for gap in evidence.gaps if gap.reviewer != "evidence: syntax trees"] == []
