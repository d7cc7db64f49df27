"""Names of environment variables on the pages in; those that nothing reads out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pydantic import AliasChoices

from app.action.inputs import Inputs
from app.settings import Settings
from docs.validate.faults import Fault
from docs.validate.known import OTHERS_VARIABLES
from docs.validate.pages import Page

_VARIABLE = re.compile(r"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=.*)?", re.DOTALL)
_OURS = re.compile(r"\bQUARTET_[A-Z0-9_]*[A-Z0-9]\b")
_INPUT = "QUARTET_INPUT_"


def variable_faults(pages: Sequence[Page]) -> Iterator[Fault]:
    """A word of code that is a variable, and every ``QUARTET_…`` in a block, is one that is read."""
    known = _known()
    for page in pages:
        for line, name in _named(page):
            if name not in known:
                yield Fault(page.path, line, f"nothing reads {name}; ours are in app/settings.py, others in known.py")


def _named(page: Page) -> Iterator[tuple[int, str]]:
    for word in page.words:
        found = _VARIABLE.fullmatch(word.text)
        if found:
            yield word.line, found.group(1)
    for fence in page.fences:
        for number, row in enumerate(fence.text.splitlines(), start=fence.line):
            for name in _OURS.findall(row):
                yield number, name


def _known() -> frozenset[str]:
    names = {name.upper() for name in Settings.model_fields} | OTHERS_VARIABLES.keys()
    for field in Settings.model_fields.values():
        if isinstance(field.validation_alias, AliasChoices):
            names |= {str(choice).upper() for choice in field.validation_alias.choices}
    return frozenset(names | {f"{_INPUT}{name.upper()}" for name in Inputs.model_fields})
