"""A reviewer that a repository writes for itself: its keys go in, a ``Reviewer`` beside the four comes out."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.configuration.texts import Instructions, Line, Models, Name, PathGlobs
from reviewers.reviewer import Reviewer, Rule

MAX_OWN_REVIEWERS = 10
MAX_OWN_RULES = 30

_MISSION = "Keeps what the owners of this repository have written down for it."
_NO_HELP = "Do what the repository's configuration asks for."


class OwnRule(BaseModel):
    """One kind of fault that an own reviewer may report."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[Name, Field(description="Lower-case words joined by hyphens; part of a finding's identity.")]
    summary: Annotated[Line, Field(description="The fault in one line.")]
    help: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=500), Field(description="What to do about it.")
    ] = ""
    cwe: Annotated[
        str | None, Field(pattern=r"^CWE-[0-9]{1,5}$", description="The weakness it is, such as CWE-89.")
    ] = None


class OwnReviewer(BaseModel):
    """A reviewer beside the four."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[Name, Field(description="One word, as in `/review NAME`; none of the four's.")]
    title: Annotated[Line | None, Field(description="For people; by default made of the name.")] = None
    instructions: Annotated[
        Instructions, Field(description="What to look for, what never to report, when to stay silent.")
    ]
    rules: Annotated[
        tuple[OwnRule, ...],
        Field(min_length=1, max_length=MAX_OWN_RULES, description="What it may report, and nothing else."),
    ]
    paths: Annotated[PathGlobs, Field(description="The files it reads, as in .gitignore; by default all.")] = ()
    skips: Annotated[PathGlobs, Field(description="Of these the ones that it does not read.")] = ()
    models: Annotated[
        Models | None, Field(description="Its model and stand-ins, where `models` does not name any for it.")
    ] = None

    def reviewer(self, likeness: Reviewer) -> Reviewer:
        """The reviewer that it means.

        Args:
            likeness: Whose models and vendors suit it, where none are named.
        """
        return Reviewer(
            name=self.name,
            title=self.title or self.name.replace("-", " ").capitalize(),
            mission=_MISSION,
            instructions=self.instructions,
            rules=tuple(
                Rule(name=rule.name, summary=rule.summary, help=rule.help or _NO_HELP, cwe=rule.cwe)
                for rule in self.rules
            ),
            only=self.paths,
            skips=self.skips,
            vendors=likeness.vendors,
            models=likeness.models,
            flagged=(),
            clean=(),
            own=True,
        )
