"""Comment commands: one file for each, and one line here."""

from app.commands.command import Command
from app.commands.help import HELP

COMMANDS: tuple[Command, ...] = (HELP,)
"""All of them, in the order of the help."""
