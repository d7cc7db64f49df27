"""Hooks are put where git looks for them, in front of those that are there, and taken away again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from app.errors import Misconfigured
from app.hooks.managers import manager_of, read
from app.hooks.place import HookPlace
from app.hooks.script import ENDING, Hook, Whose, whose

_EXECUTABLE = 0o755


def install(place: HookPlace, scripts: Mapping[Hook, bytes], *, everywhere: bool = False) -> list[str]:
    """Put these hooks there, all of them or none; what was there before is kept beside them and runs first.

    Args:
        place: Where.
        scripts: Their bytes.
        everywhere: Whether a place that other repositories share will do.

    Returns:
        A line for each hook that says what was done, for people.

    Raises:
        Misconfigured: A hook is managed by somebody else, was changed, or nobody wants it in all repositories.
    """
    if place.for_all_repositories and not everywhere:
        msg = (
            f"core.hooksPath of your {place.scope} git configuration is {place.folder}, so a hook there would run in "
            "every repository; git config core.hooksPath .git/hooks gives this one its own, "
            "and --everywhere installs it for all"
        )
        raise Misconfigured(msg)
    if place.folder.exists() and not place.folder.is_dir():
        msg = f"core.hooksPath is {place.folder}, which is no folder; name one (git config core.hooksPath .git/hooks)"
        raise Misconfigured(msg)
    for hook in scripts:
        _check(place, hook)
    place.folder.mkdir(parents=True, exist_ok=True)
    lines = [_install(place.folder, hook, data) for hook, data in scripts.items()]
    if place.in_work_tree:
        lines.append(
            f"{place.folder} belongs to the work tree, and the hook names a path of this machine: do not commit it"
        )
    return lines


def uninstall(place: HookPlace) -> list[str]:
    """Take Quartet's hooks away, and put back what was there before, as it is by now.

    Returns:
        A line for each hook that was there, for people; none where there was none.

    Raises:
        Misconfigured: A hook was changed since it was installed, so that something would be lost.
    """
    for hook in Hook:
        _refuse_changed(place.folder / hook.value)
    return [line for hook in Hook if (line := _uninstall(place.folder, hook))]


def _check(place: HookPlace, hook: Hook) -> None:
    path = place.folder / hook.value
    _refuse_changed(path)
    manager = manager_of(place, hook)
    if manager is not None and whose(read(path)) is not Whose.OURS:
        msg = f"{manager.name} manages the hooks of this repository; {manager.advise(hook)}"
        raise Misconfigured(msg)
    before = _before(place.folder, hook)
    kept = read(before) is not None
    if whose(read(path)) is Whose.SOMEBODYS and kept:
        msg = f"both {path} and {before.name} beside it are there, and only one can be run first; remove one of them"
        raise Misconfigured(msg)


def _refuse_changed(path: Path) -> None:
    if whose(read(path)) is Whose.OURS_CHANGED:
        msg = f"{path} was changed since it was installed; move the lines of yours to {path.name}{ENDING} and remove it"
        raise Misconfigured(msg)


def _install(folder: Path, hook: Hook, data: bytes) -> str:
    path = folder / hook.value
    there = read(path)
    if there == data and os.access(path, os.X_OK):
        return f"{path} is installed already"
    ours = whose(there)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=f"{hook.value}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).chmod(_EXECUTABLE)
        if ours is Whose.SOMEBODYS:
            path.rename(_before(folder, hook))
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        if ours is Whose.SOMEBODYS and not os.path.lexists(path):
            _before(folder, hook).rename(path)
        raise
    match ours:
        case Whose.SOMEBODYS:
            return f"{path} is installed; the hook that was there runs first, from {_before(folder, hook).name}"
        case Whose.NOBODYS:
            return f"{path} is installed"
        case _:
            return f"{path} is installed anew"


def _uninstall(folder: Path, hook: Hook) -> str:
    path, before = folder / hook.value, _before(folder, hook)
    kept = read(before) is not None
    if whose(read(path)) is not Whose.OURS:
        return f"{path} is not Quartet's, so {before.name} is left beside it" if kept else ""
    if kept:
        before.replace(path)
        return f"{path} is the hook again that was there before"
    path.unlink()
    return f"{path} is removed"


def _before(folder: Path, hook: Hook) -> Path:
    return folder / f"{hook.value}{ENDING}"
