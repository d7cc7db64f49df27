"""The commands as the page ``docs/commands.md``, which a test holds equal to what is made here.

``python -m app.commands.documentation > docs/commands.md`` writes it anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.commands import COMMANDS
from app.commands.help import WHO, table_of
from app.comments import MOST_COMMANDS

if TYPE_CHECKING:
    from app.commands.command import Command

_BEFORE = f"""\
# Comment commands

Write a command into the conversation of a pull request, or into a thread on its diff. It stands on a line of its own;
`@quartet review`, or the App's own login in place of `quartet`, is the same as `/review`.

- What is quoted, code, hidden by HTML, a heading or part of a list does not command, and neither does an edited comment
  or another bot. Of one comment the first {MOST_COMMANDS} commands are carried out, in their order.
- Who may command is asked of GitHub at that moment. Who may not gets 👎 and nothing more.
- 👀 says that a command was seen, 🚀 that it is done, 😕 that it could not be, with a word why. Answers are written
  where the command stands, once.
- A command is about the head that the pull request has at that moment.
"""

_AFTER = """\
## Replies to a finding

A reply in the thread of a finding needs no command. "Not a bug, because …" is weighed against the code, once:

- The reason is good: the finding is withdrawn, which is the same as `/dismiss` with your words as the reason. Where you
  may not write to the repository, it is said to be good, and somebody who may can dismiss it.
- The finding stands: you are told why, and that is the end of the argument. `/dismiss` settles it all the same.
- It depends on something that only you know: you are asked that one question, and your answer to it is weighed.

Thanks, promises to fix it and talk between people are not answered. What is asked of models for this counts among the
costs (`/cost`) and under the caps.
"""


def page_of(commands: Iterable[Command]) -> str:
    """The whole page, in Markdown."""
    listed = tuple(commands)
    sections = (
        f"## `{one.usage}`\n\n{one.summary} {one.details}".rstrip() + f"\n\nFor {WHO[one.needs]}." for one in listed
    )
    return "\n\n".join((_BEFORE.rstrip(), table_of(listed), *sections, _AFTER))


if __name__ == "__main__":
    sys.stdout.write(page_of(COMMANDS))
