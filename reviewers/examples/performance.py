"""Code that the performance analyst must flag, and near misses that it must leave alone."""

from __future__ import annotations

from reviewers.reviewer import Clean, Flagged

FLAGGED: tuple[Flagged, ...] = ()
CLEAN: tuple[Clean, ...] = ()
