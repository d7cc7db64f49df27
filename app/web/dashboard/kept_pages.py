"""Pages that were made a moment ago, so that reloading one asks no database."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from app.web.dashboard.shown import Page, Shown

SECONDS = 60.0
_MOST = 16


class KeptPages:
    """The last pages of this process.

    Args:
        now: Seconds; only differences count.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._pages: OrderedDict[Shown, tuple[float, Page]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Shown, make: Callable[[], Page]) -> Page:
        """The page of this key, made anew where it is older than a minute.

        Args:
            key: All that it depends on: what may be seen above all.
            make: Makes it; two threads may do so at once.
        """
        with self._lock:
            kept = self._pages.get(key)
            if kept is not None and self._now() < kept[0]:
                self._pages.move_to_end(key)
                return kept[1]
        page = make()
        with self._lock:
            self._pages[key] = (self._now() + SECONDS, page)
            self._pages.move_to_end(key)
            while len(self._pages) > _MOST:
                self._pages.popitem(last=False)
        return page
