"""What GitHub answered before, so that it can say that nothing changed: a 304 costs nothing of the hourly limit.

The kept answer is used only after GitHub has said, under the token of that moment, that it is still the answer.
"""

from __future__ import annotations

import json
import threading
import zlib
from collections import OrderedDict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.github.vault import Vault

LARGEST_BYTES = 1_000_000
"""A larger answer is not kept."""

_LARGEST_SHARED_BYTES = 64_000
"""The same, packed, for what all processes share: large diffs of many pull requests would fill the queue's Redis."""

_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer to a GET.

    Attributes:
        tag: GitHub's name for this version of it.
        text: Its body.
        kind: Its content type.
        link: Its ``Link`` header, or the empty string.
    """

    tag: str
    text: str
    kind: str = ""
    link: str = ""


class EtagCache(Protocol):
    """Answers by what was asked. Names begin with the repository, because tokens see different things."""

    def get(self, name: str) -> Kept | None:
        """What was answered last."""
        ...

    def put(self, name: str, kept: Kept) -> None:
        """Keep an answer."""
        ...


class MemoryEtags:
    """Answers in this process; those that were not used for longest go first. Threads may share it.

    Args:
        most_bytes: Of all bodies together.
    """

    def __init__(self, most_bytes: int = 16_000_000) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> Kept | None:
        """What was answered last."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is not None:
                self._kept.move_to_end(name)
            return kept

    def put(self, name: str, kept: Kept) -> None:
        """Keep an answer, in the place of others if need be."""
        size = len(kept.text.encode())
        with self._lock:
            self._drop(name)
            if size > min(self._most, LARGEST_BYTES):
                return
            self._kept[name] = kept
            self._bytes += size
            while self._bytes > self._most:
                self._drop(next(iter(self._kept)))

    def _drop(self, name: str) -> None:
        if (old := self._kept.pop(name, None)) is not None:
            self._bytes -= len(old.text.encode())


class SharedEtags:
    """Answers for all processes, in a vault, for a day.

    Args:
        vault: Where.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def get(self, name: str) -> Kept | None:
        """What was answered last."""
        found = self._vault.get(f"packed:{name}")
        return None if found is None else Kept(**json.loads(zlib.decompress(found)))

    def put(self, name: str, kept: Kept) -> None:
        """Keep an answer, if it is small; what was kept before is of no use any more."""
        if len(kept.text) <= LARGEST_BYTES:
            packed = zlib.compress(json.dumps(asdict(kept)).encode())
            if len(packed) <= _LARGEST_SHARED_BYTES:
                self._vault.put(f"packed:{name}", packed, seconds=_DAY_SECONDS)
                return
        self._vault.forget(f"packed:{name}")
