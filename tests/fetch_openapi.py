"""Fetch what GitHub publishes of its API and its webhooks for the tests into an ignored folder; run by ``make``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
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


def main() -> int:
    missing = [wanted for wanted in _WANTED if not wanted[2].exists()]
    npm = shutil.which("npm")
    if missing and npm is None:
        sys.stderr.write("GitHub's descriptions: npm is missing, so the tests that need them are skipped\n")
        return 0
    for package, member, target in missing:
        _fetch(npm or "", package, member, target)
    return 0


def _fetch(npm: str, package: str, member: str, target: Path) -> None:
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
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archives[0]) as archive, tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
            content = archive.extractfile(member)
            if content is not None:
                shutil.copyfileobj(content, part)
        Path(part.name).chmod(0o644)
        Path(part.name).replace(target)


if __name__ == "__main__":
    sys.exit(main())
