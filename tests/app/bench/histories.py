"""A history whose second commit brings in a fault."""

from __future__ import annotations

from pathlib import Path

from tests.repositories import Repository

TOTAL = "def total(prices):\n    return sum(prices)\n"
FAULTY = TOTAL + "\n\ndef mean(prices):\n    count = len(prices)\n    return total(prices) / count\n"
FIXED = FAULTY.replace("    return total(prices) / count\n", "    return total(prices) / count if count else 0\n")


def faulty_shop(root: Path) -> Repository:
    """Its mean of nothing divides by zero."""
    repository = Repository.create(root)
    repository.commit({"shop.py": TOTAL}, "Add total")
    repository.commit({"shop.py": FAULTY}, "Add mean")
    return repository
