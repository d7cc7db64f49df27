"""What a hook does when git calls it: look at what is staged or pushed, say what is wrong, and block or let pass.

An outage never blocks, unless ``--strict`` says so: no network, a wrong key, a limit, a configuration that is broken,
a fault of our own. It is said in one line.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.cli.diff_input import current_folder
from app.cli.exit_status import FOUND, OK
from app.cli.progress import say
from app.errors import AppError
from app.git import GitRepository
from app.hooks.budget import Budget, OutOfTime
from app.hooks.changes import Ends, change_between, staged, too_large
from app.hooks.moments import under_way
from app.hooks.pushes import Update, between, parse_updates, pushed
from app.hooks.script import Hook
from app.hooks.telling import told, unready, worst_at_least
from app.settings import Settings, read_settings
from llm_runtime.clock import SystemClock
from reviewers.findings import Severity
from reviewers.panel import STOPPED
from reviewers.report import wording

if TYPE_CHECKING:
    from app.cli.hook import HookOptions

_SKIP = {Hook.PRE_COMMIT: "git commit --no-verify", Hook.PRE_PUSH: "git push --no-verify"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One call of git's."""

    hook: Hook
    options: HookOptions
    arguments: tuple[str, ...]
    budget: Budget

    @property
    def threshold(self) -> Severity:
        return Severity.of(self.options.fail_on.value)

    @property
    def way_round(self) -> str:
        return f"{_SKIP[self.hook]} goes on all the same"

    def undone(self, line: str) -> int:
        """Say what was not done; block only where that is wanted."""
        if self.options.strict:
            say(f"{line}; blocked, as --strict says; {self.way_round}")
            return FOUND
        say(line)
        return OK


def run_hook(hook: Hook, options: HookOptions, arguments: Sequence[str]) -> int:
    """Do what the hook is there for.

    Args:
        hook: When git calls.
        options: Of ``quartet hook run``.
        arguments: Git's: for a push, the remote's name and address.

    Returns:
        0 to let it pass, 1 to block it.
    """
    budget = Budget.starting(options.seconds(hook), SystemClock())
    call = _Call(hook=hook, options=options, arguments=tuple(arguments), budget=budget)
    try:
        with budget.enforced():
            return _run(call)
    except KeyboardInterrupt:
        say(f"stopped; {call.way_round}")
        return FOUND
    except (AppError, OutOfTime) as error:
        reason = str(error)
    except OSError as error:
        reason = f"the machine refuses: {error.strerror or type(error).__name__}"
    except Exception as error:  # noqa: BLE001 - a fault of ours must not keep anybody from committing
        if os.environ.get("QUARTET_DEBUG"):
            traceback.print_exc()
        reason = f"internal error: {type(error).__name__}; QUARTET_DEBUG=1 shows where, and please report it"
    return call.undone(f"nothing was reviewed: {reason}")


def _run(call: _Call) -> int:
    repository = GitRepository.around(current_folder())
    settings = read_settings()
    if call.hook is Hook.PRE_COMMIT and not call.options.always and under_way(repository):
        return OK
    changes = _changes(call, repository, settings)
    return max([_reviewed(call, repository, settings, ends) for ends in changes], default=OK)


def _changes(call: _Call, repository: GitRepository, settings: Settings) -> tuple[Ends, ...]:
    if settings.pre_commit_from_ref and settings.pre_commit_to_ref:
        # The pre-commit framework has read standard input, and tells what is pushed so.
        ends = between(repository, settings.pre_commit_from_ref, settings.pre_commit_to_ref, "what is pushed")
        return (ends,) if ends.base != ends.head else ()
    if call.hook is Hook.PRE_PUSH and settings.pre_commit_local_branch and settings.pre_commit_remote_branch:
        # A first push has no beginning that it could tell; the empty name is that of a ref that is not there.
        local, remote = settings.pre_commit_local_branch, settings.pre_commit_remote_branch
        update = Update(local_ref=local, local=repository.commit(local), remote_ref=remote, remote="")
        return pushed(repository, (update,), settings.pre_commit_remote_name or "origin")
    if call.hook is Hook.PRE_COMMIT:
        found = staged(repository)
        return (found,) if found else ()
    said = "by hand" if sys.stdin.isatty() else sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    updates = parse_updates(said)
    return pushed(repository, updates, call.arguments[0] if call.arguments else "origin")


def _reviewed(call: _Call, repository: GitRepository, settings: Settings, ends: Ends) -> int:
    if size := too_large(repository, ends):
        return call.undone(f"{ends.name} was not reviewed: {size} are too many for a hook; quartet review takes them")
    if not call.budget.left_for_work:
        return call.undone(f"{ends.name} was not reviewed: {call.budget.over}")
    from app.hooks.reviewing import HookWishes, review_in_time  # noqa: PLC0415 - only where there is something to review

    review = review_in_time(
        change_between(repository, ends),
        settings,
        HookWishes(models=call.options.models, no_llm=call.options.no_llm),
        call.budget,
        repository=repository.root.name,
        notify=say,
    )
    if any(gap.reason == STOPPED for gap in review.gaps):
        # The panel has taken Ctrl-C for the end of its questions; here it is the end of it all.
        raise KeyboardInterrupt
    _show(told(review))
    lacking = unready(review)
    status = call.undone(f"not all of {ends.name} was reviewed: {lacking}") if lacking else OK
    if bad := worst_at_least(review, call.threshold):
        found = wording.counted(bad, "finding")
        say(f"blocked by {found} at {call.options.fail_on.value} or above; {call.way_round}")
        return FOUND
    return status


def _show(lines: Iterable[str]) -> None:
    """On standard error, where git's own messages are."""
    encoding = sys.stderr.encoding or "utf-8"
    text = "".join(f"{line}\n" for line in lines)
    with suppress(OSError):
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding))
        sys.stderr.flush()
