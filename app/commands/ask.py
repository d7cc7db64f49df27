"""``/ask``: a question about the change, answered by a model with the lines that the answer stands on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from pydantic import Field

from app.commands.asking import ask_model
from app.commands.command import Command, Needs, NotUnderstood
from app.commands.material import MARKED, change, description, findings, said
from app.commands.naming import finding_of
from app.prose import Material, ProseQuestion, Reply
from reviewers.anchoring import Placement, place
from reviewers.diff import Side
from reviewers.report.sanitising import block_text, code_block, inline_text, link

if TYPE_CHECKING:
    from app.commands.desk import Desk
    from reviewers.snapshot import PullRequestSnapshot

_LONGEST_QUESTION = 4_000
_MOST_LINES = 6
_LONGEST_QUOTE = 2_000

_ROLE = f"""\
You answer a developer's question about a pull request, below it. Be right, concrete and short: at most 200 words. \
{MARKED} You do not see the whole code base; say so where the answer depends on what you are not shown, and do not \
guess. Where the question asks for anything but an explanation of this change, say in one sentence that you only \
explain."""

_QUESTION = """\
Answer the question in the block `question`. In `lines`, quote the one to five consecutive lines of the change, copied \
exactly without number and marker, that each part of your answer stands on; none, where it stands on no line."""


class Quoted(Reply):
    """Lines that an answer stands on."""

    path: Annotated[str, Field(description="Path of the file, as it is written above the code.")]
    quote: Annotated[str, Field(description="The lines, copied exactly, without numbers and markers.")]
    line: Annotated[int | None, Field(description="Number of the first of them, as shown; null if unsure.")]


class Answered(Reply):
    """An answer to ``/ask``."""

    answer: Annotated[str, Field(description="The answer: plain sentences, inline code, short fenced code.")]
    lines: tuple[Quoted, ...]


def _run(desk: Desk, arguments: str) -> str:
    if not arguments:
        raise NotUnderstood(f"What is the question? Write `{ASK.usage}`.")
    thread = desk.thread
    about = finding_of(desk, thread)
    material = (
        Material("question", arguments[:_LONGEST_QUESTION]),
        description(desk),
        *said(thread),
        *findings(desk),
        *change(desk, first=about.finding.path if about else ""),
    )
    question = ProseQuestion(role=_ROLE, material=material, question=_QUESTION, reply=Answered, asker="/ask")
    prose = ask_model(desk, question)
    text = block_text(prose.reply.answer)
    if not text.strip():
        return "The model had nothing to say to that."
    snapshot = desk.fetched.snapshot
    found = tuple(_places(prose.reply.lines, snapshot))
    lines = [_shown(one, snapshot) for one in found]
    if prose.reply.lines and not found:
        lines = ["_None of the lines that it named are in this change, so take the answer with care._"]
    return "\n\n".join((text, *lines, f"_{inline_text(prose.model)}, at {snapshot.target.head[:12]}_"))


def _places(lines: Iterable[Quoted], snapshot: PullRequestSnapshot) -> Iterator[Placement]:
    """Where the quotes stand in the change, each place once; what is not in it is left out."""
    seen = set()
    for one in tuple(lines)[:_MOST_LINES]:
        found = place(snapshot.diff, path=one.path, quote=one.quote, line_hint=one.line)
        if found is not None and found.location not in seen:
            seen.add(found.location)
            yield found


def _shown(found: Placement, snapshot: PullRequestSnapshot) -> str:
    location = found.location
    lines = f"{location.start_line}" + (f"-{location.end_line}" if location.end_line != location.start_line else "")
    label = f"{location.path}:{lines}"
    repository = snapshot.target.url.partition("/pull/")[0]
    if location.side is Side.RIGHT and repository:
        place_of = f"#L{location.start_line}-L{location.end_line}"
        where = link(label, f"{repository}/blob/{snapshot.target.head}/{quote(location.path)}{place_of}")
    else:
        where = inline_text(f"{label} (removed)" if location.side is Side.LEFT else label)
    return f"{where}\n\n{code_block(found.anchor, limit=_LONGEST_QUOTE)}"


ASK = Command(
    name="ask",
    usage="/ask QUESTION",
    summary="Answers a question about the change, with the lines that the answer stands on.",
    details=(
        "It is answered where it was asked: in the thread, with what was said there, or in the conversation. The lines "
        "are looked up in the change; what is not there is not shown. The configuration's `ask` says who may ask "
        "(`write`, `read` or `everyone`), and the caps on dollars count for answers, too."
    ),
    needs=Needs.CONFIGURED,
    run=_run,
)
