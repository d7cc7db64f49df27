"""Every file is reviewed or skipped with its reason, and no changed line is lost between the two."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewers.diff import Diff, FileDiff, FileStatus
from reviewers.review import Skipped
from reviewers.selection import PathFilter, select
from tests.builders import added_file, file_diff, hunk

CHANGE = hunk("-before", "+after")


def reason(file: FileDiff, **options: object) -> str | None:
    skipped = select(Diff((file,)), **options).skipped  # type: ignore[arg-type]  # options are those of select
    return skipped[0].reason if skipped else None


@pytest.mark.parametrize(
    "path",
    [
        "shop/orders.py",
        "src/vendored_things.py",
        "src/generator.py",
        "tools/code_gen.py",
        "src/distance/dist.py",
        "locksmith/lock.py",
        "app/admin.js",
        "docs/manifest.toml.md",
        "README.md",
        "src/snapshot.py",
        "日本語.py",
    ],
)
def test_what_a_person_wrote_is_reviewed(path: str) -> None:
    assert reason(file_diff(path, CHANGE)) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *[
            pytest.param(path, "lock file", id=path)
            for path in (
                *(
                    "package-lock.json",
                    "web/yarn.lock",
                    "pnpm-lock.yaml",
                    "bun.lock",
                    "deno.lock",
                    "npm-shrinkwrap.json",
                ),
                *("poetry.lock", "uv.lock", "Pipfile.lock", "pdm.lock", "pylock.dev.toml", "conda-lock.yml"),
                *("Cargo.lock", "go.sum", "Gemfile.lock", "composer.lock", "mix.lock", "pubspec.lock", "Podfile.lock"),
                *("Package.resolved", "packages.lock.json", "gradle.lockfile", "flake.lock", ".terraform.lock.hcl"),
                *("Chart.lock", "MODULE.bazel.lock", "Manifest.toml", "stack.yaml.lock", "renv.lock"),
            )
        ],
        *[
            pytest.param(path, "vendored", id=path)
            for path in (
                *("node_modules/a/index.js", "vendor/github.com/a/b.go", "pip/_vendor/six.py", "third_party/x.cc"),
                *("Godeps/x.go", "ios/Pods/A/a.m", ".yarn/releases/yarn.cjs", "gradlew", "bower_components/a.js"),
            )
        ],
        pytest.param("packages/a/dist/index.js", "build output", id="dist"),
        *[pytest.param(path, "minified", id=path) for path in ("a.min.js", "css/site.min.css", "app.bundle.js")],
        *[
            pytest.param(path, "generated", id=path)
            for path in (
                *("api/a.pb.go", "a_pb2.py", "a_pb2_grpc.py", "x.g.dart", "Form.Designer.cs", "a.generated.ts"),
                *("zz_generated.deepcopy.go", "site.css.map", "__snapshots__/a.js", "a.snap", "__generated__/q.ts"),
                *("src/generated/a.java", "A.xcodeproj/project.pbxproj", "schema.gen.go", "a.pb.validate.go"),
            )
        ],
    ],
)
def test_what_no_person_wrote_is_skipped_by_its_name(path: str, expected: str) -> None:
    assert reason(file_diff(path, CHANGE)) == expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        pytest.param(file_diff("a.png", binary=True), Skipped(path="a.png", reason="binary"), id="binary"),
        pytest.param(
            file_diff("lib", CHANGE, old_mode="160000", new_mode="160000"),
            Skipped(path="lib", reason="submodule", lines=2),
            id="submodule",
        ),
        pytest.param(
            file_diff("lib", hunk(f"-Subproject commit {'1' * 40}", f"+Subproject commit {'2' * 40}-dirty")),
            Skipped(path="lib", reason="submodule", lines=2),
            id="submodule known by its content",
        ),
        pytest.param(
            file_diff("link", CHANGE, new_mode="120000"),
            Skipped(path="link", reason="symbolic link", lines=2),
            id="link",
        ),
        pytest.param(
            file_diff("a.py", hunk("-a", "-b"), status=FileStatus.DELETED),
            Skipped(path="a.py", reason="deleted", lines=2),
            id="deleted",
        ),
        pytest.param(
            file_diff("b.py", old_path="a.py", status=FileStatus.RENAMED),
            Skipped(path="b.py", reason="renamed only"),
            id="renamed",
        ),
        pytest.param(
            file_diff("b.py", old_path="a.py", status=FileStatus.COPIED),
            Skipped(path="b.py", reason="copied only"),
            id="copied",
        ),
        pytest.param(file_diff("a.py", status=FileStatus.ADDED), Skipped(path="a.py", reason="empty file"), id="empty"),
        pytest.param(
            file_diff("a.sh", old_mode="100644", new_mode="100755"),
            Skipped(path="a.sh", reason="mode change only"),
            id="mode",
        ),
        pytest.param(file_diff("a.py"), Skipped(path="a.py", reason="no changed lines"), id="nothing"),
        pytest.param(
            file_diff("a.py", unseen_lines=700),
            Skipped(path="a.py", reason="the source did not deliver the patch", lines=700),
            id="unseen",
        ),
        pytest.param(
            file_diff("a.py", hunk(*["+x"] * 5_001)),
            Skipped(path="a.py", reason="too large: more than 5000 changed lines", lines=5_001),
            id="too large",
        ),
    ],
)
def test_what_cannot_be_reviewed_is_skipped_with_its_lines(file: FileDiff, expected: Skipped) -> None:
    selection = select(Diff((file,)))

    assert (selection.files, selection.skipped) == ((), (expected,))


def test_a_file_that_came_in_part_is_reviewed_in_part() -> None:
    file = file_diff("a.py", CHANGE, unseen_lines=9)

    selection = select(Diff((file,)))

    assert selection.files == (replace(file, unseen_lines=0),)
    assert selection.skipped == (Skipped(path="a.py", reason="in part: the source did not deliver the patch", lines=9),)


def test_a_renamed_file_with_changes_is_reviewed() -> None:
    assert reason(file_diff("b.py", CHANGE, old_path="a.py", status=FileStatus.RENAMED)) is None


def test_the_limit_of_lines_can_be_set() -> None:
    file = file_diff("a.py", CHANGE)

    assert reason(file, max_file_lines=2) is None
    assert reason(file, max_file_lines=1) == "too large: more than 1 changed lines"


@pytest.mark.parametrize(
    "head",
    [
        "// Code generated by protoc-gen-go. DO NOT EDIT.",
        "# @generated by tool",
        "/* eslint-disable */\n/* This file was automatically generated. */",
        "// <auto-generated>",
        "-- Autogenerated by sqlc",
        "# Generated from grammar.g4 - do not modify by hand",
    ],
)
def test_a_new_file_that_says_it_is_generated_is_skipped(head: str) -> None:
    assert reason(added_file("a.go", f"{head}\npackage a\n")) == "generated"


@pytest.mark.parametrize(
    "head",
    [
        'MARKER = "@generated"',
        "# me@generated.example.org wrote this",
        "# How generated code is told apart",
        "\n" * 20 + "# @generated",
    ],
)
def test_a_file_that_speaks_of_generated_code_is_reviewed(head: str) -> None:
    assert reason(added_file("a.py", f"{head}\nx = 1\n")) is None


def test_a_marker_counts_only_if_it_was_there_before() -> None:
    old = file_diff("a.py", hunk(" # @generated", "-x = 1", "+x = 2"))
    new = file_diff("a.py", hunk("+# @generated", "-x = 1", "+x = 2"))

    assert (reason(old), reason(new)) == ("generated", None)


def test_a_marker_outside_the_hunks_is_found_in_the_content() -> None:
    file = file_diff("a.py", hunk("-x = 1", "+x = 2", old_start=90, new_start=90))

    assert reason(file, contents={"a.py": "# @generated\n" + "\n" * 100}) == "generated"


@pytest.mark.parametrize(
    ("path", "rows", "status", "expected"),
    [
        pytest.param("a.js", ["+" + "x" * 2_000], FileStatus.ADDED, "minified", id="new and packed"),
        pytest.param(
            "a.js", ["-" + "x" * 2_000, "+" + "y" * 2_000], FileStatus.MODIFIED, "minified", id="still packed"
        ),
        pytest.param("a.js", ["-x", "+" + "y" * 2_000], FileStatus.MODIFIED, None, id="suddenly packed"),
        pytest.param("a.js", ["+" + "x" * 1_100, *["+" + "y" * 99] * 20], FileStatus.ADDED, None, id="one long line"),
        pytest.param("a.py", ["+" + "x" * 2_000], FileStatus.ADDED, None, id="a language that nobody packs"),
        pytest.param("a.md", ["+" + "x" * 2_000], FileStatus.ADDED, None, id="prose"),
    ],
)
def test_lines_too_long_to_read_are_skipped(
    path: str, rows: list[str], status: FileStatus, expected: str | None
) -> None:
    assert reason(file_diff(path, hunk(*rows), status=status)) == expected


@pytest.mark.parametrize(
    ("patterns", "path", "expected"),
    [
        pytest.param(["*.md"], "docs/a.md", True, id="a name anywhere"),
        pytest.param(["docs"], "app/docs/a.md", True, id="a folder anywhere"),
        pytest.param(["docs/"], "docs", False, id="a folder, not a file"),
        pytest.param(["/docs"], "app/docs/a.md", False, id="from the root"),
        pytest.param(["src/*.py"], "src/a/b.py", False, id="a star stops at a slash"),
        pytest.param(["src/**/b.py"], "src/a/c/b.py", True, id="two stars do not"),
        pytest.param(["**/test_*.py"], "test_a.py", True, id="two stars are also no folder"),
        pytest.param(["*.md", "!README.md"], "README.md", False, id="taken back"),
        pytest.param(["# comment", ""], "# comment", False, id="a comment"),
        pytest.param([], "a", False, id="nothing"),
    ],
)
def test_paths_are_filtered_as_git_ignores_them(patterns: list[str], path: str, expected: bool) -> None:
    assert PathFilter(patterns).matches(path) is expected


def test_what_is_ignored_or_not_included_is_skipped() -> None:
    diff = Diff(tuple(file_diff(path, CHANGE) for path in ("src/a.py", "src/a_test.py", "docs/a.md")))

    selection = select(diff, include=("src/",), ignore=("*_test.py",))

    assert [file.path for file in selection.files] == ["src/a.py"]
    assert [(skip.path, skip.reason) for skip in selection.skipped] == [
        ("src/a_test.py", "ignored by path"),
        ("docs/a.md", "not included by path"),
    ]


def test_what_is_taken_back_is_reviewed_whatever_its_name() -> None:
    file = file_diff("vendor/ours/a.go", CHANGE)

    assert reason(file) == "vendored"
    assert reason(file, ignore=("!vendor/ours/",)) is None


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid git pattern"):
        select(Diff(), ignore=("!",))


PATHS = st.sampled_from(["a.py", "yarn.lock", "vendor/a.go", "a.min.js", "docs/a.md", "link", "a_pb2.py"])
ROWS = st.lists(st.sampled_from([" same", "-gone", "+new", "+# @generated", "+" + "x" * 1_500]), max_size=6)
FILES = st.builds(
    lambda path, rows, status, binary, unseen, mode: file_diff(
        path,
        *([hunk(*rows)] if rows and not binary else []),
        status=status,
        binary=binary,
        unseen_lines=unseen,
        new_mode=mode,
    ),
    PATHS,
    ROWS,
    st.sampled_from(FileStatus),
    st.booleans(),
    st.integers(0, 3),
    st.sampled_from([None, "100644", "120000", "160000"]),
)


@given(st.lists(FILES, max_size=5), st.sampled_from([(), ("*.py",)]), st.sampled_from([(), ("docs/",), ("!vendor/",)]))
def test_every_changed_line_is_in_a_reviewed_file_or_listed(
    files: list[FileDiff], include: tuple[str, ...], ignore: tuple[str, ...]
) -> None:
    diff = Diff(tuple(files))

    selection = select(diff, include=include, ignore=ignore, max_file_lines=4)

    reviewed = sum(file.changed_lines for file in selection.files)
    listed = sum(skip.lines for skip in selection.skipped)
    whole = [skip for skip in selection.skipped if not skip.reason.startswith("in part")]
    assert reviewed + listed == diff.changed_lines
    assert len(selection.files) + len(whole) == len(files)
