"""How the command ends, as a number (design §6.1)."""

from __future__ import annotations

OK, FOUND, USAGE, INCOMPLETE = 0, 1, 2, 3
