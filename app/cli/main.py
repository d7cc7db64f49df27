"""The command ``quartet``: its subcommands, and the one place where every error becomes a line and an exit status."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from app import __version__
from app.cli import action, analytics, bench, db, dismiss, doctor, health, hook, init, replay, review, up, web, worker
from app.cli.exit_status import INCOMPLETE, OK, USAGE
from app.errors import AppError

_TYPER_INTERRUPTED = 130

cli = typer.Typer(
    name="quartet",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
cli.command("review", short_help="Review a change: a branch, a diff or a pull request.")(review.command)
cli.command("init", short_help="Write .quartet.yml and the workflow for GitHub.")(init.command)
cli.command("dismiss", short_help="Do not tell a finding again in this repository.")(dismiss.command)
cli.command("replay", short_help="Make an earlier review again, with other models or rules.")(replay.command)
cli.command("doctor", short_help="Check keys, models, limits, database and queue.")(doctor.command)
cli.command("health", short_help="Say whether a container's process does its work.")(health.command)
cli.command("up", short_help="Run the whole App on this machine.")(up.command)
cli.command("web", short_help="Take deliveries from GitHub, and queue the work.")(web.command)
cli.command("worker", short_help="Do the App's work.")(worker.command)
cli.add_typer(action.commands)
cli.add_typer(analytics.commands)
cli.add_typer(bench.commands)
cli.add_typer(db.commands)
cli.add_typer(hook.commands)


@cli.callback(invoke_without_command=True)
def _quartet(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    """Code review by four specialists: bugs, architecture, performance, security."""
    if version:
        sys.stdout.write(f"quartet {__version__}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status; whatever goes wrong is one line on standard error."""
    try:
        result = _run(arguments)
        status, line = result if isinstance(result, int) else OK, ""
    except TyperException as error:
        text = error.format_message().rstrip(".").replace("Value error, ", "")
        context = getattr(error, "ctx", None)
        status, line = USAGE, f"{text} ({context.command_path if context else 'quartet'} --help tells how)"
    except AppError as error:
        status, line = error.exit_status, str(error)
    except (KeyboardInterrupt, typer.Abort):
        status, line = INCOMPLETE, "stopped"
    except BrokenPipeError:
        # Whoever read standard output has gone.
        status, line = INCOMPLETE, ""
    except OSError as error:
        status, line = INCOMPLETE, _refusal(error)
    except Exception as error:  # noqa: BLE001 - the outermost edge: a traceback is never what a user should see
        if os.environ.get("QUARTET_DEBUG"):
            traceback.print_exc()
        name = type(error).__name__
        status, line = INCOMPLETE, f"internal error: {name}; set QUARTET_DEBUG=1 to see where, and please report it"
    if status == _TYPER_INTERRUPTED:
        status, line = INCOMPLETE, "stopped"
    if line:
        _say(line)
    return status


def _run(arguments: Sequence[str] | None) -> object:
    try:
        return cli(args=arguments, prog_name="quartet", standalone_mode=False)
    except SystemExit as error:
        # Typer ends with 1 where whoever read standard output has gone: of a review, that it has found something.
        if isinstance(error.__context__, BrokenPipeError):
            raise error.__context__ from None
        raise


def entry_point() -> None:
    """What the installed command calls."""
    _open_streams()
    status = main()
    _let_go_of_streams()
    sys.exit(status)


def _say(text: str) -> None:
    # What a message quotes (a key of a configuration, a file name) cannot move the cursor.
    line = "".join(character if character.isprintable() else "�" for character in " ".join(text.split()))
    # Nobody may be there to read it; the exit status still tells.
    with suppress(OSError):
        sys.stderr.write(f"quartet: {line}\n")


def _refusal(error: OSError) -> str:
    """A full disk, a missing permission, too many open files: the state of the machine is no fault of the program."""
    where = f" ({error.filename})" if error.filename else ""
    return f"the machine refuses: {error.strerror or type(error).__name__}{where}; mend that and try again"


def _open_streams() -> None:
    """A stream that was closed before the program began reads and writes nothing from now on."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - until the program ends


def _let_go_of_streams() -> None:
    """What nobody takes is thrown away, or Python complains of it, with another exit status, at its own end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
