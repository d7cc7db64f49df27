"""Which hook, with which options; the shell script that git runs, and whether a file is such a script, out.

The script is POSIX sh, runs what was there before it first, and finds Quartet by the path of its interpreter: a git
that was started by a desktop has a bare ``PATH``.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Sequence
from enum import Enum, StrEnum, auto

ENDING = ".before-quartet"
"""Of the file that a hook is kept in which was there first."""


class Hook(StrEnum):
    """The moments at which git asks."""

    PRE_COMMIT = "pre-commit"
    PRE_PUSH = "pre-push"


class Whose(Enum):
    """What a file in the folder of hooks is."""

    NOBODYS = auto()
    OURS = auto()
    OURS_CHANGED = auto()
    SOMEBODYS = auto()


def script(hook: Hook, python: str, options: Sequence[str] = (), *, strict: bool = False) -> bytes:
    """The script for a hook.

    Args:
        hook: When it runs.
        python: Absolute path of the interpreter that has Quartet.
        options: For ``quartet hook run``.
        strict: Whether a Quartet that is gone or breaks blocks.
    """
    words = " ".join(map(shlex.quote, ("hook", "run", hook.value, *options)))
    text = _SCRIPT.format(
        first=_FIRST[hook].format(name=hook.value, ending=ENDING),
        feed=_FEED[hook],
        python=shlex.quote(python),
        words=words,
        ended=1 if strict else 0,
        outcome="which --strict does not let pass" if strict else "so nothing is reviewed",
        digest=_DIGEST,
    )
    return _signed(text.encode("utf-8", "surrogateescape"))


def whose(data: bytes | None) -> Whose:
    """Whose file this is.

    Args:
        data: Its bytes, or None where there is none.
    """
    if data is None:
        return Whose.NOBODYS
    found = _OURS.match(data)
    if found is None:
        return Whose.SOMEBODYS
    unsigned = data[: found.start(1)] + _DIGEST.encode() + data[found.end(1) :]
    return Whose.OURS if _signed(unsigned) == data else Whose.OURS_CHANGED


_DIGEST = "0" * 64
_OURS = re.compile(rb"#!/bin/sh\n# quartet-hook ([0-9a-f]{64})\n")


def _signed(unsigned: bytes) -> bytes:
    """With a digest of itself, so that a script which somebody has changed is known, whichever version wrote it."""
    return unsigned.replace(_DIGEST.encode(), hashlib.sha256(unsigned).hexdigest().encode(), 1)


_BEFORE = """\
before="${{0%/*}}/{name}{ending}"
"""
_FIRST = {
    Hook.PRE_COMMIT: _BEFORE
    + """\
if [ -f "$before" ] && [ -x "$before" ]; then
    "$before" "$@" || exit $?
fi
""",
    # What is pushed comes on standard input; both hooks read it. The x keeps the line feed at its end.
    Hook.PRE_PUSH: _BEFORE
    + """\
pushed=$(cat && echo x)
pushed=${{pushed%x}}
if [ -f "$before" ] && [ -x "$before" ]; then
    printf '%s' "$pushed" 2>/dev/null | "$before" "$@" || exit $?
fi
""",
}
_FEED = {Hook.PRE_COMMIT: "", Hook.PRE_PUSH: """printf '%s' "$pushed" 2>/dev/null | """}
# -P: what lies in the repository that is reviewed is not imported. 97: the interpreter is there, and Quartet is not.
_SCRIPT = """\
#!/bin/sh
# quartet-hook {digest}
# Written by `quartet hook install`; `quartet hook uninstall` puts back what was here before.
# Do not edit it: what else should run belongs into the file that is run first.
{first}python={python}
status=127
if [ -x "$python" ]; then
    {feed}"$python" -P -c '
import sys
try:
    from app.cli.main import entry_point
except ImportError:
    sys.exit(97)
entry_point()
' {words} -- "$@"
    status=$?
fi
case $status in
    0 | 1 | 130) exit $status ;;
    97 | 126 | 127)
        echo "quartet: it is not at $python any more, {outcome};" \\
            "run quartet hook install where it is now, or quartet hook uninstall" >&2
        ;;
esac
exit {ended}
"""
