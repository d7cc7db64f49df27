"""Manifests and lock files: what a change makes the project depend on, and where from."""

from __future__ import annotations

from collections.abc import Iterator

from reviewers.computing import Changed, Computed, Known
from reviewers.dependencies.locks import is_lock, lock_alone, resolved_elsewhere, unlocked
from reviewers.dependencies.manifests import Asked, asked, reader_of
from reviewers.dependencies.moves import moves_of
from reviewers.dependencies.risks import options_of, risks_of, scripts_of
from reviewers.findings import Fact


def wants(path: str) -> bool:
    """Manifests and their locks, but for those that tests read."""
    return reader_of(path) is not None or is_lock(path)


def find(known: Known) -> Iterator[Fact]:
    """Risks of what is new on its own line, and hints on what else moved."""
    diff, here = known.snapshot.diff, {*known.snapshot.neighbours, *known.snapshot.contents}
    changed = {file.path for file in diff.files}
    for each in known.files:
        reader = reader_of(each.path)
        if reader is None:
            yield from resolved_elsewhere(each.file)
            yield from lock_alone(each.file, changed)
            continue
        both = asked(each, reader)
        risks = tuple(_risks(each, both))
        yield from risks
        yield from options_of(each) if each.path.endswith((".txt", ".in", ".pip")) else ()
        yield from scripts_of(each) if each.path.endswith(".json") else ()
        yield from unlocked(each, both, here, changed)
        yield from moves_of(each, both, frozenset(fact.start_line for fact in risks))


def _risks(manifest: Changed, both: Asked) -> Iterator[Fact]:
    for name, new in both.after.items():
        old = both.before.get(name)
        if new.line in manifest.added and (old is None or old.wanted != new.wanted):
            yield from risks_of(new, old, manifest.path)


DEPENDENCIES = Computed(
    name="dependencies",
    wants=wants,
    find=find,
    signs=frozenset({("security", "supply-chain"), ("architecture", "breaking-change")}),
    beside_removals=True,
    locks=True,
)
