"""What a check run shows, as GitHub takes it: 65,535 characters, three buttons, 50 annotations a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

MOST_ANNOTATIONS_AT_ONCE = 50
MOST_ACTIONS = 3
_LONGEST_TEXT = 65_535
_LONGEST_TITLE = 255
_CUT_OFF = "\n\n… (cut off here: GitHub takes no more)"

Annotation = Mapping[str, Any]
"""``path``, ``start_line``, ``end_line``, ``annotation_level``, ``message`` and more, as GitHub takes them."""


@dataclass(frozen=True, slots=True)
class Action:
    """A button of a finished check.

    Attributes:
        label: At most 20 characters.
        description: At most 40.
        identifier: At most 20; comes back when it is pressed.
    """

    label: str
    description: str
    identifier: str


REVIEW_AGAIN = Action("Review again", "Review what changed since last time", "review")
REVIEW_ALL = Action("Review everything", "Review the whole pull request anew", "full")


def check_body(
    *,
    status: str,
    title: str,
    summary: str,
    conclusion: str,
    text: str,
    actions: Sequence[Action],
    details_url: str,
) -> dict[str, Any]:
    """What says how a check run stands, apart from its annotations."""
    output = {"title": title[:_LONGEST_TITLE], "summary": _cut(summary), **({"text": _cut(text)} if text else {})}
    return {
        "status": status,
        "output": output,
        **({"conclusion": conclusion} if conclusion else {}),
        **({"details_url": details_url} if details_url else {}),
        **({"actions": [asdict(action) for action in actions[:MOST_ACTIONS]]} if actions else {}),
    }


def identity(annotation: Annotation) -> tuple[Any, ...]:
    """What two annotations have in common that say the same."""
    message = str(annotation.get("message")).replace("\r\n", "\n").strip()
    return annotation.get("path"), annotation.get("start_line"), annotation.get("end_line"), message


def portions(annotations: Sequence[Annotation]) -> list[Sequence[Annotation]]:
    """As many as go into a request each; at least one portion, which may be empty."""
    size = MOST_ANNOTATIONS_AT_ONCE
    return [annotations[start : start + size] for start in range(0, len(annotations), size)] or [()]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - len(_CUT_OFF)] + _CUT_OFF
