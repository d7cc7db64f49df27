"""What ``quartet hook install`` and ``uninstall`` do once their options are known."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.cli.diff_input import current_folder
from app.cli.exit_status import OK
from app.hooks.installing import install, uninstall
from app.hooks.place import hook_place
from app.hooks.script import script

if TYPE_CHECKING:
    from app.cli.hook import HookOptions
    from app.hooks.script import Hook


def install_hooks(hooks: Sequence[Hook], options: HookOptions, *, everywhere: bool) -> int:
    """Install these hooks for the repository around the current folder.

    Returns:
        The exit status.

    Raises:
        Misconfigured: They cannot be installed; the line says what to do instead.
    """
    place = hook_place(current_folder())
    scripts = {hook: script(hook, sys.executable, options.words(), strict=options.strict) for hook in hooks}
    _print([*install(place, scripts, everywhere=everywhere), "git commit --no-verify and git push --no-verify skip it"])
    return OK


def uninstall_hooks() -> int:
    """Take the hooks away from the repository around the current folder.

    Returns:
        The exit status.

    Raises:
        Misconfigured: One was changed since it was installed.
    """
    place = hook_place(current_folder())
    _print(uninstall(place) or [f"no hook of Quartet's is in {place.folder}"])
    return OK


def _print(lines: Sequence[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
