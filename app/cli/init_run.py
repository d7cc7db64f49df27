"""``quartet init``: looks around, writes the files, and says what they are for and what comes next."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.cli.exit_status import OK
from app.initial.files import ACTION, InitialFile, initial_files
from app.initial.repository import Surroundings, surroundings_of
from app.initial.writing import Fate, write_files

_KEYS = ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY")


def run(*, fork_safe: bool, action: str | None, force: bool, dry_run: bool) -> int:
    """Do what the options say; see the command's help for each.

    Raises:
        Misconfigured: Not in a repository, the Action's name has another form, or files are there already.
    """
    place = surroundings_of(Path.cwd())
    files = initial_files(place, action=action or ACTION, fork_safe=fork_safe)
    if dry_run:
        sys.stdout.write("\n".join(f"# {place.root / file.path}\n{file.text}" for file in files))
        return OK
    fates = write_files(place.root, files, force=force)
    sys.stdout.write("".join(f"{line}\n" for line in _told(place, files, fates, needs_owner=action is None)))
    return OK


def _told(
    place: Surroundings, files: Sequence[InitialFile], fates: Sequence[Fate], *, needs_owner: bool
) -> Iterator[str]:
    yield f"In {place.root}:"
    width = max(len(file.path) for file in files)
    for file, fate in zip(files, fates, strict=True):
        yield f"  {fate.value:<13}  {file.path:<{width}}  {file.purpose}"
    yield ""
    yield "Next:"
    secrets = f"; in a browser at {place.remote.url}/settings/secrets/actions/new" if place.remote else ""
    yield f"  1. Give the repository the key of a model, one of {', '.join(_KEYS)}:"
    yield f"     gh secret set {_KEYS[0]}{secrets}"
    yield f"  2. Commit the files, and bring them to {place.default_branch} by a pull request{_first(files)}:"
    yield f"     git add {' '.join(file.path for file in files)}"
    yield from _remarks(place, needs_owner=needs_owner)


def _first(files: Sequence[InitialFile]) -> str:
    forks = len(files) > 2  # noqa: PLR2004 - the configuration, and one workflow or two
    return "; the ones after it are reviewed" if forks else ", the first one that is reviewed"


def _remarks(place: Surroundings, *, needs_owner: bool) -> Iterator[str]:
    if needs_owner:
        yield ""
        yield "OWNER in the files stands for the account on GitHub that has the Action. Put its name there, or run"
        yield f"  quartet init --force --action {ACTION.replace('OWNER', 'ITS-NAME')}"
    if place.remote and place.remote.is_elsewhere:
        yield ""
        yield f"The remote is on {place.remote.host}, where no workflow of GitHub's runs."
    elif place.remote and place.remote.is_enterprise_server:
        yield ""
        yield f"{place.remote.host} is taken for a GitHub Enterprise Server. There an administrator lets the Action in,"
        yield "and those that it uses (GitHub Connect, or copies); docs/action.md of Quartet says which."
    elif place.remote is None:
        yield ""
        yield "No remote of this repository is on GitHub yet; the workflow runs once it is there."
