"""``quartet hook``: its commands, before anything heavy is loaded."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from app.cli.review import Threshold
from app.hooks.script import Hook

commands = typer.Typer(name="hook", help="Review before a commit or a push.")

MOST_SECONDS = 600
SECONDS = {Hook.PRE_COMMIT: 10.0, Hook.PRE_PUSH: 30.0}
"""What a hook may take, unless somebody says otherwise."""

_Seconds = Annotated[
    float | None,
    typer.Option(
        "--budget-seconds",
        metavar="N",
        min=2,
        max=MOST_SECONDS,
        help="Time for it all. (default: 10; before a push 30)",
    ),
]
_Strict = Annotated[bool, typer.Option("--strict", help="Block, too, where the review could not be done or finished.")]
_FailOn = Annotated[Threshold, typer.Option(help="Block for a finding at or above this severity.")]
_NoLLM = Annotated[bool, typer.Option("--no-llm", help="Ask no model; let the evidence sources review.")]
_Model = Annotated[
    list[str] | None,
    typer.Option(metavar="[REVIEWER=]PROVIDER/MODEL[,…]", help="Model to ask. (default: the cheapest with a key)"),
]
_Always = Annotated[
    bool, typer.Option("--always", help="Review while a rebase, merge, cherry-pick or revert is under way, too.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class HookOptions:
    """What stands behind ``quartet hook install`` and ``quartet hook run``; see the help for each."""

    budget_seconds: float | None = None
    strict: bool = False
    fail_on: Threshold = Threshold.HIGH
    no_llm: bool = False
    models: tuple[str, ...] = ()
    always: bool = False

    def seconds(self, hook: Hook) -> float:
        """What that hook may take."""
        return SECONDS[hook] if self.budget_seconds is None else self.budget_seconds

    def words(self) -> tuple[str, ...]:
        """The same as arguments, without those that are the default anyhow."""
        budget = () if self.budget_seconds is None else ("--budget-seconds", f"{self.budget_seconds:g}")
        threshold = () if self.fail_on is Threshold.HIGH else ("--fail-on", self.fail_on.value)
        switches = (("--strict", self.strict), ("--no-llm", self.no_llm), ("--always", self.always))
        models = tuple(word for model in self.models for word in ("--model", model))
        return (*budget, *threshold, *(name for name, on in switches if on), *models)


@commands.callback(invoke_without_command=True)
def _hook(context: typer.Context) -> None:
    """Review before a commit or a push."""
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")


@commands.command("install", short_help="Have git review what is committed and pushed here.")
def install_command(
    *,
    pre_commit: Annotated[bool, typer.Option("--pre-commit", help="Before a commit. (default: both)")] = False,
    pre_push: Annotated[bool, typer.Option("--pre-push", help="Before a push. (default: both)")] = False,
    budget_seconds: _Seconds = None,
    strict: _Strict = False,
    fail_on: _FailOn = Threshold.HIGH,
    no_llm: _NoLLM = False,
    model: _Model = None,
    always: _Always = False,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Install, too, where core.hooksPath is set for all your repositories.")
    ] = False,
) -> int:
    """Put hooks where git looks for them; one that is there is kept, and runs first.

    Exit status: 0 installed, 2 somebody else manages the hooks, or there is no repository.
    """
    options = HookOptions(
        budget_seconds=budget_seconds,
        strict=strict,
        fail_on=fail_on,
        no_llm=no_llm,
        models=tuple(model or ()),
        always=always,
    )
    wanted = [hook for hook, on in ((Hook.PRE_COMMIT, pre_commit), (Hook.PRE_PUSH, pre_push)) if on]
    from app.cli.hook_install import install_hooks  # noqa: PLC0415 - nothing heavy is loaded to show the help

    return install_hooks(wanted or list(Hook), options, everywhere=everywhere)


@commands.command("uninstall", short_help="Take the hooks away, and put back what was there.")
def uninstall_command() -> int:
    """Take Quartet's hooks away; what was there before is put back as it is by now.

    Exit status: 0 done, 2 a hook was changed since, or there is no repository.
    """
    from app.cli.hook_install import uninstall_hooks  # noqa: PLC0415 - as above

    return uninstall_hooks()


@commands.command("run", short_help="What the hooks run.")
def run_command(
    hook: Annotated[Hook, typer.Argument(help="When.")],
    arguments: Annotated[list[str] | None, typer.Argument(metavar="[--] [ARGUMENT …]", help="Git's.")] = None,
    *,
    budget_seconds: _Seconds = None,
    strict: _Strict = False,
    fail_on: _FailOn = Threshold.HIGH,
    no_llm: _NoLLM = False,
    model: _Model = None,
    always: _Always = False,
) -> int:
    """Review what is staged, or what is pushed: evidence and one small model, within a time.

    Exit status: 0 let it pass, 1 block it.
    """
    options = HookOptions(
        budget_seconds=budget_seconds,
        strict=strict,
        fail_on=fail_on,
        no_llm=no_llm,
        models=tuple(model or ()),
        always=always,
    )
    from app.cli.hook_run import run_hook  # noqa: PLC0415 - as above

    return run_hook(hook, options, tuple(arguments or ()))
