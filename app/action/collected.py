"""What a workflow without secrets leaves for the one that reviews: a small file with numbers and nothing else.

Code of a stranger may have written it, so it is a hint and never believed: what it names is looked up at GitHub.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import NotCollected

FILE_NAME = "quartet-pull-request.json"
"""What it is called in the artifact."""

MOST_BYTES = 1_000
_Number = Annotated[int, Field(ge=1, le=2**53)]


class Collected(BaseModel):
    """The numbers; any other key, and any text, is a fault.

    Attributes:
        version: Of this format.
        pull_request: Number of the pull request.
        repository: GitHub's number of the repository that it goes to.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    version: Literal[1]
    pull_request: _Number
    repository: _Number


def write_collected(path: Path, collected: Collected) -> None:
    """Write the file.

    Raises:
        NotCollected: It cannot be written.
    """
    text = json.dumps(collected.model_dump()) + "\n"
    try:
        path.write_text(text, encoding="ascii")
    except OSError as error:
        raise NotCollected(f"{path} cannot be written ({_reason(error)}); name another file with --output") from error


def read_collected(path: Path | None) -> Collected:
    """The numbers in a file that anybody may have written.

    Raises:
        NotCollected: There is no such file, or it is none: a link, a folder, too large, no JSON, another shape. What it
            holds is not quoted.
    """
    if path is None:
        msg = "QUARTET_COLLECTED names no file; download the artifact of the collecting workflow first"
        raise NotCollected(msg)
    try:
        # No link is followed, and a pipe is not waited for.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise NotCollected(_refused(f"it cannot be opened ({_reason(error)})")) from error
    try:
        regular = stat.S_ISREG(os.fstat(handle).st_mode)
        # One byte more than is taken shows that there is more.
        data = os.read(handle, MOST_BYTES + 1) if regular else b""
    finally:
        os.close(handle)
    if not regular:
        raise NotCollected(_refused("it is no regular file"))
    if len(data) > MOST_BYTES:
        raise NotCollected(_refused(f"it is larger than {MOST_BYTES:,} bytes"))
    try:
        return Collected.model_validate_json(data)
    except (ValidationError, RecursionError) as error:
        raise NotCollected(_refused("it does not hold the three numbers that it should")) from error


def _refused(why: str) -> str:
    return f"the file that the collecting workflow left is not used: {why}; see its run, and run it again"


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
