"""What a repository is and which Action is wanted come in; the files to write come out, with what each is for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files

from app.errors import Misconfigured
from app.initial.repository import Surroundings

ACTION = "OWNER/quartet@v1"
"""The Action as the templates name it; ``OWNER`` stands for whoever publishes it."""

CONFIGURATION = ".quartet.yml"
WORKFLOW = ".github/workflows/quartet.yml"
COLLECTING = ".github/workflows/quartet-collect.yml"

_NAMED = re.compile(
    r"(?P<owner>[A-Za-z0-9][A-Za-z0-9-]{0,38})/(?P<name>[A-Za-z0-9._-]{1,100})@(?P<ref>[A-Za-z0-9._/-]{1,100})"
)
_FULL_HASH = re.compile(r"@[0-9a-f]{40}\Z")
_PIN_REMARK = re.compile(
    r" # zizmor: ignore\[unpinned-uses\][^\n]*|^ *# quartet: ignore\[supply-chain\][^\n]*\n", re.MULTILINE
)
_SCHEMA = "https://raw.githubusercontent.com/{}/{}/{}/docs/schema/quartet.schema.json"


@dataclass(frozen=True, slots=True)
class InitialFile:
    """A file to write.

    Attributes:
        path: From the top of the repository, with slashes.
        text: All of it.
        purpose: What it is for, in a few words.
    """

    path: str
    text: str
    purpose: str


def initial_files(place: Surroundings, *, action: str = ACTION, fork_safe: bool = False) -> tuple[InitialFile, ...]:
    """The configuration, and the workflow or workflows.

    Args:
        place: Where they will stand.
        action: The Action as ``owner/name@ref``.
        fork_safe: Whether pull requests of forks are to be reviewed with keys, too: by two workflows, of which the one
            with the keys never sees a fork's files.

    Raises:
        Misconfigured: ``action`` is not of that form.
    """
    named = _NAMED.fullmatch(action)
    if named is None:
        msg = f"{action!r} is not an Action; name one like {ACTION}, or with a commit's hash behind the @"
        raise Misconfigured(msg)
    configuration = InitialFile(
        CONFIGURATION,
        _template("quartet.yml").replace(_SCHEMA.format("OWNER", "quartet", "v1"), _SCHEMA.format(*named.groups())),
        "how reviews are made; every line of it may go",
    )
    if not fork_safe:
        workflow = _workflow("workflow.yml", place.default_branch, action)
        return configuration, InitialFile(WORKFLOW, workflow, "reviews pull requests and answers commands")
    return (
        configuration,
        InitialFile(COLLECTING, _template("collect.yml"), "notes a pull request's number, without any rights"),
        InitialFile(
            WORKFLOW,
            _workflow("review.yml", place.default_branch, action),
            "reviews what was noted, forks as well, and answers commands",
        ),
    )


def _workflow(name: str, branch: str, action: str) -> str:
    text = _template(name).replace(ACTION, action).replace('branches: ["main"]', f"branches: [{_pattern(branch)}]")
    return _PIN_REMARK.sub("", text) if _FULL_HASH.search(action) else text


def _pattern(branch: str) -> str:
    """A branch as a filter that takes it alone, quoted as YAML takes it; some characters of names mean more there."""
    escaped = re.sub(r"([*?+!\[\]\\])", r"\\\1", branch)
    # GitHub reads an expression even there, and nothing escapes one: an asterisk stands for the second brace.
    return json.dumps(escaped.replace("${{", "${*"), ensure_ascii=False)


def _template(name: str) -> str:
    return (files("app.initial") / "templates" / name).read_text(encoding="utf-8")
