"""Comment commands: one file for each, and one line here."""

from app.commands.ask import ASK
from app.commands.cancel import CANCEL
from app.commands.command import Command
from app.commands.config import CONFIG
from app.commands.cost import COST
from app.commands.coverage import COVERAGE
from app.commands.dismiss import DISMISS
from app.commands.explain import EXPLAIN
from app.commands.help import HELP
from app.commands.pause import PAUSE
from app.commands.resume import RESUME
from app.commands.review import REVIEW

COMMANDS: tuple[Command, ...] = (REVIEW, ASK, EXPLAIN, DISMISS, PAUSE, RESUME, CANCEL, COST, COVERAGE, CONFIG, HELP)
"""All of them, in the order of the help."""
