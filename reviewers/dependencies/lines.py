"""Manifests of Go, Ruby, Maven and Gradle, of which a line or three tell what is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewers.dependencies.dependency import Dependency, Origin, Row


def read_go(rows: Sequence[Row], whole: bool) -> Iterator[Dependency]:  # noqa: ARG001 - readers are called alike
    """``require`` and ``replace`` of ``go.mod`` (https://go.dev/ref/mod#go-mod-file)."""
    for line, text in rows:
        if replaced := _GO_REPLACE.match(text):
            name, by = replaced.groups()
            if by.startswith((".", "/")):
                yield Dependency(name=name, wanted=by, origin=Origin.PATH, line=line)
        elif found := _GO_REQUIRE.match(text):
            yield Dependency(name=found.group(1), wanted=found.group(2), line=line, optional=bool(found.group(3)))


def read_gemfile(rows: Sequence[Row], whole: bool) -> Iterator[Dependency]:  # noqa: ARG001 - readers are called alike
    """``gem "name", "~> 1.2"`` (https://bundler.io/guides/gemfile.html)."""
    for line, text in rows:
        if found := _GEM.match(text):
            name, rest = found.groups()
            values = dict(_GEM_OPTION.findall(rest))
            if address := values.get("git") or values.get("github"):
                yield Dependency(name=name, wanted=address, origin=Origin.GIT, line=line, fixed="ref" in values)
            elif "path" in values:
                yield Dependency(name=name, wanted=values["path"], origin=Origin.PATH, line=line)
            else:
                version = _GEM_VERSION.match(rest)
                yield Dependency(name=name, wanted=version.group(1) if version else "", line=line)


def read_pom(rows: Sequence[Row], whole: bool) -> Iterator[Dependency]:  # noqa: ARG001 - readers are called alike
    """``<dependency>`` with its version (https://maven.apache.org/pom.html#Dependencies)."""
    group = artifact = ""
    inside = False
    for line, text in rows:
        if "<dependency>" in text:
            inside, group, artifact = True, "", ""
        for tag, value in _POM.findall(text) if inside else ():
            if tag == "groupId":
                group = value
            elif tag == "artifactId":
                artifact = value
            elif artifact and not value.startswith("$"):
                yield Dependency(name=f"{group}:{artifact}" if group else artifact, wanted=value, line=line)
        if "</dependency>" in text:
            inside = False


def read_gradle(rows: Sequence[Row], whole: bool) -> Iterator[Dependency]:  # noqa: ARG001 - readers are called alike
    """``implementation "group:name:version"``."""
    for line, text in rows:
        if found := _GRADLE.match(text):
            configuration, name, wanted = found.groups()
            yield Dependency(name=name, wanted=wanted, line=line, optional=configuration.startswith("test"))


_GO_REQUIRE = re.compile(r"\s*(?:require\s+)?([\w.~-]+\.[\w~-]+(?:/[\w.~-]+)*)\s+(v\d[\w.+-]*)(\s*//\s*indirect)?")
_GO_REPLACE = re.compile(r"\s*(?:replace\s+)?([\w.~/-]+)(?:\s+v\S+)?\s+=>\s+(\S+)")
_GEM = re.compile(r"\s*gem[\s(]+[\"']([\w.-]+)[\"'](.*)$")
_GEM_OPTION = re.compile(r"(?::|\b)(git|github|path|ref|branch|tag)\b:?\s*(?:=>)?\s*[\"']([^\"']+)[\"']")
_GEM_VERSION = re.compile(r"\s*,\s*[\"']([^\"']+)[\"']")
_POM = re.compile(r"<(groupId|artifactId|version)>\s*([^<]{1,200}?)\s*</")
_GRADLE = re.compile(
    r"\s*(implementation|api|compileOnly|runtimeOnly|classpath|kapt|ksp|annotationProcessor|test\w+|androidTest\w+)"
    r"[\s(]+[\"']([\w.-]+:[\w.-]+):([^\"'@$]{1,100})[\"']"
)
