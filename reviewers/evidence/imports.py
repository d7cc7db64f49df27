"""Imports that a change adds: cycles that they close, layers that they cross; and who depends on what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reviewers.architecture.contracts import Contract, declared
from reviewers.architecture.import_graph import LANGUAGES_WITH_MODULES, Edge, ImportGraph, after, before
from reviewers.architecture.layers import looking_up, tree_of
from reviewers.computing import Changed, Computed, Known
from reviewers.evidence_source import in_test_data, in_tests
from reviewers.findings import Fact, Severity
from reviewers.syntax.import_paths import PathIndex
from reviewers.syntax.imports import Import
from reviewers.syntax.languages import language_of

MANY = 8
"""Known files that import a changed one, from which that is told."""


def wants(path: str) -> bool:
    """Modules of Python, JavaScript and TypeScript, but for tests, which import everything."""
    return language_of(path) in LANGUAGES_WITH_MODULES and not (in_tests(path) or in_test_data(path))


def find(known: Known) -> Iterator[Fact]:
    """What new imports do to the graph of the files that are known."""
    now, was = after(known), before(known)
    told: set[frozenset[str]] = set()
    for each in known.files:
        for edge in now.edges.get(each.path, ()):
            if edge.line in each.added:
                yield from _cycle(edge, now, was, told)
        yield from _depended_on(each, now)
    contracts = declared(known.snapshot.settings)
    tree = tree_of(known) if known.layers.patterns else PathIndex(())
    for each in known.files:
        crossed = (*_crossings(each, contracts, known), *_upwards(each, tree, known))
        yield from {fact.start_line: fact for fact in crossed}.values()


def _cycle(edge: Edge, now: ImportGraph, was: ImportGraph, told: set[frozenset[str]]) -> Iterator[Fact]:
    back = now.way(edge.imported, edge.importer)
    if not back or (was.way(edge.importer, edge.imported) and was.way(edge.imported, edge.importer)):
        return
    if frozenset(back) in told:
        return
    told.add(frozenset(back))
    # A package and its own parts import each other as a matter of course, and TypeScript drops imports of types.
    doubtful = any(path.rsplit("/", 1)[-1] in _FRONTS for path in back) or edge.importer.endswith((".ts", ".tsx"))
    yield Fact(
        source="imports",
        code="cycle",
        path=edge.importer,
        start_line=edge.line,
        end_line=edge.line,
        message=f"closes a cycle of imports: {' → '.join((edge.importer, *back))}",
        reviewer="architecture",
        rule="dependency-cycle",
        severity=Severity.LOW if doubtful else Severity.MEDIUM,
        confidence=0.5 if doubtful else 0.8,
    )


_FRONTS = frozenset({"__init__.py", "index.ts", "index.tsx", "index.js", "index.jsx", "index.mjs"})


def _depended_on(file: Changed, now: ImportGraph) -> Iterator[Fact]:
    importers = {edge.importer for edge in now.importers(file.path)}
    if len(importers) >= MANY and file.file.deletions:
        yield Fact(
            source="imports",
            code="fan-in",
            path=file.path,
            start_line=1,
            end_line=max(file.shown, default=1),
            message=f"at least {len(importers)} files import this one",
            reviewer="architecture",
            rule="breaking-change",
            severity=Severity.LOW,
            confidence=0.2,
        )


def _crossings(file: Changed, contracts: Sequence[Contract], known: Known) -> Iterator[Fact]:
    if file.after is None or language_of(file.path) != "python":
        return
    lines = file.after.split("\n")
    for each in known.imports(file.after, "python"):
        if each.line not in file.added:
            continue
        late = lines[each.line - 1][:1] in {" ", "\t"}
        for contract in contracts:
            if late and not contract.types:
                continue
            forbidden = next(
                (
                    imported
                    for importer in _names_of(file.path)
                    for imported in _modules(each, importer, file.path)
                    if contract.forbids(importer, imported)
                ),
                None,
            )
            if forbidden:
                yield _crossing(file, each, forbidden, contract)
                break


def _crossing(file: Changed, each: Import, imported: str, contract: Contract) -> Fact:
    message = f"imports {imported}, which the repository's contract forbids here: {contract.name}".rstrip(": ")
    return _layer(file, each.line, message)


def _upwards(file: Changed, tree: PathIndex, known: Known) -> Iterator[Fact]:
    for each in looking_up(file, known.layers, tree, known):
        above, below = known.layers.named(each.above), known.layers.named(each.below)
        yield _layer(file, each.line, f"imports {each.imported}; the repository declares {above} above {below}")


def _layer(file: Changed, line: int, message: str) -> Fact:
    return Fact(
        source="imports",
        code="layer",
        path=file.path,
        start_line=line,
        end_line=line,
        message=message,
        reviewer="architecture",
        rule="layer-violation",
        severity=Severity.MEDIUM,
        confidence=0.9,
    )


def _names_of(path: str) -> Iterator[str]:
    """Dotted names that a file may go by, from the top of the repository and from each folder down to its own."""
    parts = path.removesuffix(".pyi").removesuffix(".py").removesuffix("/__init__").split("/")
    return (".".join(parts[start:]) for start in range(len(parts)))


def _modules(each: Import, importer: str, path: str) -> Iterator[str]:
    """Dotted names that an import may mean: the module, and what is taken from it, which may be a module too."""
    dots = len(each.module) - len(each.module.lstrip("."))
    module = each.module.lstrip(".")
    if dots:
        parts = importer.split(".")
        package = parts[: len(parts) - dots + path.endswith(("/__init__.py", "/__init__.pyi"))]
        module = ".".join([*package, module] if module else package)
    yield from (f"{module}.{name}" for name in each.names if name != "*")
    yield module


IMPORTS = Computed(
    name="imports",
    wants=wants,
    find=find,
    signs=frozenset(
        {
            ("architecture", "dependency-cycle"),
            ("architecture", "layer-violation"),
            ("architecture", "breaking-change"),
        }
    ),
)
