"""Commands of one comment in; what they ask for done, and their author told, in reactions and at most one reply."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.command import Command, Needs, NotUnderstood
from app.commands.replying import answered, react, reply
from app.errors import GitHubMisconfigured, Misconfigured
from app.github.permissions import Permission
from app.store.errors import AmbiguousId
from llm_runtime.errors import BudgetExceeded, LLMError
from reviewers.report.sanitising import inline_text

if TYPE_CHECKING:
    from app.commands.desk import Desk
    from app.comments import Invocation

_ALIKE = 0.7
"""Below this likeness a word after a slash is another bot's command, and none of our business."""

_LONGEST_FAULT = 1_000


@dataclass(frozen=True, slots=True)
class _Said:
    """What came of a command; why nothing did, where that is not its author's doing."""

    text: str
    understood: bool = True
    because: str = ""


def meant(desk: Desk, invocations: Sequence[Invocation]) -> tuple[Invocation, ...]:
    """Those that are for us: they have one of our names, or one that is nearly so, or call us by name."""
    return tuple(one for one in invocations if one.mentioned or _command(desk, one) or _nearest(desk, one))


def known(desk: Desk, invocation: Invocation) -> bool:
    """Whether there is such a command, or one that is nearly called so."""
    return bool(_command(desk, invocation) or _nearest(desk, invocation))


def answer_commands(desk: Desk, invocations: Sequence[Invocation]) -> str:
    """Do what a comment asks for; a second time only what was not answered the first time.

    Returns:
        What was done, in one line.

    Raises:
        AppError: It could not be done now.
    """
    if answered(desk):
        return "answered before"
    allowed = [one for one in invocations if _allowed(desk, one)]
    if not allowed:
        react(desk, "-1")
        return "its author may not do that"
    if not react(desk, "eyes"):
        return "the comment is gone"
    said = [_done(desk, one) for one in allowed]
    if text := _together(allowed, said):
        reply(desk, text)
    if len(allowed) < len(invocations):
        react(desk, "-1")
    react(desk, "rocket" if all(one.understood for one in said) else "confused")
    return ", ".join(_told(one, what) for one, what in zip(allowed, said, strict=True))


def _told(invocation: Invocation, said: _Said) -> str:
    """In the log; what people wrote does not stand there."""
    if said.because:
        return f"/{invocation.name} was not carried out: {said.because}"
    return f"/{invocation.name}" + ("" if said.understood else " was not understood")


def _allowed(desk: Desk, invocation: Invocation) -> bool:
    command = _command(desk, invocation)
    match command.needs if command else Needs.WRITE:
        case Needs.NOTHING:
            return True
        case Needs.CONFIGURED:
            return desk.may_write or _may_ask(desk)
        case _:
            return desk.may_write


def _may_ask(desk: Desk) -> bool:
    try:
        asking = desk.effective.config.ask
    except Misconfigured:
        return False
    return asking == "everyone" or (asking == "read" and desk.permission >= Permission.READ)


def _done(desk: Desk, invocation: Invocation) -> _Said:
    command = _command(desk, invocation)
    if command is None:
        return _Said(_unknown(desk, invocation), understood=False)
    try:
        return _Said(command.run(desk, invocation.arguments))
    except NotUnderstood as error:
        return _Said(str(error), understood=False)
    except (Misconfigured, AmbiguousId, GitHubMisconfigured) as error:
        text = inline_text(str(error), limit=_LONGEST_FAULT)
        return _Said(text, understood=False, because=str(error)[:_LONGEST_FAULT])
    except BudgetExceeded:
        text = "No model was asked: what may be spent here is spent (`/cost`)."
        return _Said(text, understood=False, because="the budget is spent")
    except LLMError as error:
        text = f"No model answered ({type(error).__name__}); ask again later."
        return _Said(text, understood=False, because=f"no model answered ({type(error).__name__})")


def _together(invocations: Sequence[Invocation], said: Sequence[_Said]) -> str:
    texts = [(one.name, what.text) for one, what in zip(invocations, said, strict=True) if what.text]
    if len(invocations) == 1:
        return "".join(text for _, text in texts)
    return "\n\n".join(f"**/{name or 'help'}**\n\n{text}" for name, text in texts)


def _unknown(desk: Desk, invocation: Invocation) -> str:
    nearest = _nearest(desk, invocation)
    known = f"did you mean `{nearest.usage}`?" if nearest else "`/help` shows what there is."
    return f"There is no command `/{invocation.name}`; {known}"


def _command(desk: Desk, invocation: Invocation) -> Command | None:
    name = invocation.name or "help"
    return next((command for command in desk.commands if command.name == name), None)


def _nearest(desk: Desk, invocation: Invocation) -> Command | None:
    names = [command.name for command in desk.commands]
    found = difflib.get_close_matches(invocation.name, names, n=1, cutoff=_ALIKE)
    return next((command for command in desk.commands if command.name in found), None)
