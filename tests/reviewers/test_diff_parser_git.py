"""The parser against git itself: one repository with every awkward change, told by git in several forms."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from reviewers.diff import Diff, Side
from reviewers.diff_parser import decode_diff, parse_diff

TEXT = "".join(f"line {number}\n" for number in range(1, 31))

BEFORE: dict[str, bytes] = {
    "plain.py": TEXT.encode(),
    "x b/y.py": TEXT.encode(),
    " lead and trail ": TEXT.encode(),
    'quote"tab\tback\\slash\n.py': TEXT.encode(),
    "日本語/ünï.py": TEXT.encode(),
    os.fsdecode(b"caf\xe9.py"): TEXT.encode(),
    "crlf.txt": TEXT.replace("\n", "\r\n").encode(),
    "no newline": b"one\ntwo",
    "empty": b"",
    "becomes empty": b"x\n",
    "moved.py": TEXT.replace("line", "moved").encode(),
    "swap one": TEXT.replace("line", "one").encode(),
    "swap two": TEXT.replace("line", "two").encode(),
    "becomes a folder": TEXT.replace("line", "folder").encode(),
    "binary": b"\x00\x01\x02" * 100,
    "deleted": b"-- gone\n++ gone\n",
    "traps.sql": b"-- comment\n-- /dev/null\n++ b/x\n",
    "mode.sh b/mode.sh": b"#!/bin/sh\n",
    "link target": b"x\n",
}
AFTER: dict[str, bytes] = {
    **BEFORE,
    "plain.py": TEXT.replace("line 5\n", "").replace("line 25\n", "LINE 25\nand\n").encode(),
    "x b/y.py": TEXT.replace("line 5\n", "LINE 5\n").encode(),
    " lead and trail ": (TEXT + "more").encode(),
    'quote"tab\tback\\slash\n.py': ("first\n" + TEXT).encode(),
    "日本語/ünï.py": TEXT.replace("line 9", "nine\u2028\x0b\x0c\x85").encode(),
    os.fsdecode(b"caf\xe9.py"): (TEXT + "caf\xe9\n").encode("latin-1"),
    "crlf.txt": TEXT.encode(),
    "no newline": b"one\nTWO",
    "empty": b"now\n",
    "becomes empty": b"",
    "new empty": b"",
    "new file\t": b"@@ -1 +1 @@\n--- a/x\n+++ b/x\n",
    "folder/moved too.py": TEXT.replace("line", "moved").replace("moved 3\n", "three\n").encode(),
    "swap one": BEFORE["swap two"],
    "swap two": BEFORE["swap one"],
    "becomes a folder/inside": BEFORE["becomes a folder"],
    "binary": b"\x00\x03\x04" * 100,
    "traps.sql": b"++ b/evil\n@@ -1,2 +1,2 @@\ndiff --git a/x b/x\n",
}
for _gone in ("moved.py", "becomes a folder", "deleted"):
    del AFTER[_gone]

FORMS = [
    pytest.param([], id="plain"),
    pytest.param(["--no-prefix"], id="without prefixes"),
    pytest.param(["--src-prefix=old/", "--dst-prefix=new/"], id="with prefixes of one's own"),
    pytest.param(["--no-renames"], id="without renames"),
    pytest.param(["-B", "-M", "-C", "--find-copies-harder"], id="with copies and rewrites"),
    pytest.param(["-U0"], id="without unchanged lines"),
    pytest.param(["-W"], id="with whole functions"),
    pytest.param(["--binary", "--full-index"], id="with binary patches"),
    pytest.param(["-R"], id="reversed"),
    pytest.param(["--stat", "-p", "--summary"], id="with statistics"),
    pytest.param(["-c", "diff.mnemonicPrefix=true"], id="with mnemonic prefixes"),
    pytest.param(["-c", "core.quotePath=false"], id="with unquoted names"),
]


OPTIONS_OF_FILES = ("--no-renames", "-B", "-M", "-C", "--find-copies-harder", "-R")


def git(folder: Path, *words: str) -> bytes:
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    command = ["git", *identity, *words]
    return subprocess.run(command, cwd=folder, env=os.environ | quiet, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "--quiet", "--initial-branch=main")
    _write(folder, BEFORE)
    (folder / "link").symlink_to("link target")
    (folder / "file or link").write_text("x\n")
    git(folder, "add", "--all")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub module")
    git(folder, "commit", "--quiet", "--message=Before")
    git(folder, "tag", "before")
    for path in BEFORE:
        (folder / path).unlink()
    _write(folder, AFTER)
    (folder / "mode.sh b/mode.sh").chmod(0o755)
    (folder / "link").unlink()
    (folder / "link").symlink_to("elsewhere")
    (folder / "file or link").unlink()
    (folder / "file or link").symlink_to("link target")
    git(folder, "add", "--all")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'2' * 40},sub module")
    git(folder, "commit", "--quiet", "--message=After\n\ndiff --git is what this is about\n@@ -1 +1 @@")
    git(folder, "tag", "after")
    return folder


@pytest.mark.parametrize("form", FORMS)
def test_files_and_counts_are_those_of_git(repository: Path, form: list[str]) -> None:
    settings, options = (form, []) if form[:1] == ["-c"] else ([], form)
    text = git(repository, *settings, "diff", "-M", *options, "before", "after")
    of_files = [option for option in options if option in OPTIONS_OF_FILES]
    counts = git(repository, *settings, "diff", "-M", *of_files, "--numstat", "-z", "before", "after")

    diff = parse_diff(decode_diff(text))

    assert _counts(diff) == _numstat(counts)


def test_every_line_stands_where_it_stands_in_its_file(repository: Path) -> None:
    diff = parse_diff(decode_diff(git(repository, "diff", "-M", "before", "after")))

    places = [
        (line.text, lines[number - 1])
        for file in diff.files
        if file.path in AFTER and (file.old_path or file.path) in BEFORE
        for lines, side in [
            (_lines(AFTER[file.path]), Side.RIGHT),
            (_lines(BEFORE[file.old_path or file.path]), Side.LEFT),
        ]
        for line in file.lines
        if (number := line.number(side)) is not None
    ]
    assert len(places) > 200
    assert all(text == there for text, there in places)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["show", "after"], id="show"),
        pytest.param(["log", "-p", "-1", "after"], id="log -p"),
        pytest.param(["format-patch", "--stdout", "before..after"], id="format-patch"),
        pytest.param(["log", "-p", "--stat", "--format=fuller", "-1", "after"], id="log -p --stat"),
    ],
)
def test_a_commit_s_message_does_not_count(repository: Path, command: list[str]) -> None:
    plain = parse_diff(decode_diff(git(repository, "diff", "-M", "before", "after")))

    diff = parse_diff(decode_diff(git(repository, *command)))

    assert _counts(diff) == _counts(plain)


def test_a_merge_stands_on_the_lines_of_its_first_parent_and_its_result(repository: Path) -> None:
    versions = {
        "ours": TEXT.replace("line 3\n", "ours 3\n").replace("line 20\n", ""),
        "theirs": TEXT.replace("line 3\n", "theirs 3\n").replace("line 12\n", "theirs 12\n"),
        "merged": TEXT.replace("line 3\n", "both 3\n")
        .replace("line 12\n", "theirs 12\n")
        .replace("line 20\n", "-20\n"),
    }
    trees = {}
    for name, text in versions.items():
        (repository / "merge.txt").write_text(text)
        git(repository, "add", "merge.txt")
        trees[name] = git(repository, "write-tree").decode().strip()
    ours = _commit(repository, trees["ours"])
    theirs = _commit(repository, trees["theirs"])
    merge = _commit(repository, trees["merged"], ours, theirs)

    for form in ("--cc", "-c"):
        (file,) = parse_diff(decode_diff(git(repository, "show", form, merge))).files

        assert file.path == "merge.txt"
        assert {line.text for line in file.lines if line.added} == {"both 3", "theirs 12", "-20"} - (
            {"theirs 12"} if form == "--cc" else set()
        )
        old, new = versions["ours"].split("\n"), versions["merged"].split("\n")
        assert all(line.old is None or old[line.old - 1] == line.text for line in file.lines)
        assert all(line.new is None or new[line.new - 1] == line.text for line in file.lines)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def _commit(folder: Path, tree: str, *parents: str) -> str:
    words = [word for parent in parents for word in ("-p", parent)]
    return git(folder, "commit-tree", tree, *words, "-m", "merge").decode().strip()


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").split("\n")


def _counts(diff: Diff) -> list[tuple[str, int, int]]:
    """As git counts: a file that became a link is one row there, and two diffs."""
    counts: dict[str, tuple[int, int]] = {}
    for file in diff.files:
        added, removed = counts.get(file.path, (0, 0))
        counts[file.path] = (added + file.additions, removed + file.deletions)
    return sorted((path, *count) for path, count in counts.items())


def _numstat(printed: bytes) -> list[tuple[str, int, int]]:
    return sorted(_rows(printed.split(b"\0")[:-1]))


def _rows(fields: Iterable[bytes]) -> Iterable[tuple[str, int, int]]:
    rest = iter(fields)
    for field in rest:
        added, removed, path = field.split(b"\t", 2)
        if not path:  # a rename: the old and the new name follow
            next(rest)
            path = next(rest)
        yield path.decode("utf-8", "replace"), int(added.strip(b"-") or 0), int(removed.strip(b"-") or 0)
