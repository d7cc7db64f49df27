from __future__ import annotations

import pytest

from reviewers.evidence.hadolint import HADOLINT
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import codes, gathered


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("FROM a:1\nCOPY a b c\n", [(2, 2, "DL3021"), (2, 2, "DL3045")], id="a copy into no folder"),
        pytest.param("FROM a:1 AS b\nFROM c:1 AS b\n", [(2, 2, "DL3024")], id="two stages of one name"),
        pytest.param('FROM a:1\nCMD ["a"]\nCMD \\\n  ["b"]\n', [(3, 4, "DL4003")], id="two commands"),
        pytest.param(
            "FROM a:1\n# hadolint ignore=DL3002\nUSER root\n", [(3, 3, "DL3002")], id="a pragma is not heeded"
        ),
        pytest.param("FROM a:1\nRUN apt-get update && apt-get install -y b\n", [], id="what is a matter of taste"),
    ],
)
def test_what_breaks_a_build_or_a_container_is_told(text: str, told: list[tuple[int, int, str]]) -> None:
    assert codes(gathered(added_file("web/Dockerfile", text), sources=[HADOLINT])) == told


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("Dockerfile", True),
        ("deploy/Dockerfile.web", True),
        ("web.Dockerfile", True),
        ("Containerfile", True),
        (".dockerignore", False),
        ("Dockerfile.md", False),
        ("docs/dockerfiles/a.txt", False),
        ("tests/fixtures/Dockerfile", False),
    ],
)
def test_files_are_known_by_their_names(path: str, read: bool) -> None:
    assert HADOLINT.wants(path) is read


def test_a_file_that_it_does_not_understand_is_unread_and_not_wrong() -> None:
    evidence = gathered(added_file("Dockerfile", "FROM a:1\nFETCH b\n"), sources=[HADOLINT])

    assert evidence.facts == ()
    assert (
        evidence.note == "hadolint did not read 2 changed lines in Dockerfile (not known as a whole, valid Dockerfile)"
    )


def test_a_part_of_a_file_is_not_judged() -> None:
    evidence = gathered(file_diff("Dockerfile", hunk("+USER root", old_start=9, new_start=9)), sources=[HADOLINT])

    assert evidence.facts == ()


def test_one_file_that_it_does_not_understand_does_not_silence_the_others() -> None:
    files = [added_file("a/Dockerfile", "FETCH b\n"), added_file("b/Dockerfile", "FROM a:1\nUSER root\n")]

    assert [fact.path for fact in gathered(*files, sources=[HADOLINT]).facts] == ["b/Dockerfile"]
