"""Private definitions that a change adds and nothing uses, and those whose last use it removes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from reviewers.computing import Changed, Computed, Known
from reviewers.diff import FileStatus
from reviewers.evidence_source import in_test_data, in_tests
from reviewers.findings import Fact, Severity
from reviewers.syntax.languages import language_of
from reviewers.syntax.symbols import Symbol


def wants(path: str) -> bool:
    """Code in which it is known what nobody outside can name; tests and what they read are found by their names."""
    return language_of(path) in _LANGUAGES and not (in_tests(path) or in_test_data(path))


def find(known: Known) -> Iterator[Fact]:
    """What whole texts tell; where a name is used anywhere that is known, in words even, it is alive."""
    elsewhere = _words_elsewhere(known)
    for each in known.files:
        language = language_of(each.path)
        if each.after is None or language is None:
            continue
        after = Counter(_WORD.findall(each.after))
        before = Counter(_WORD.findall(each.before)) if each.before is not None else None
        removed = frozenset(word for line in each.file.lines if line.removed for word in _WORD.findall(line.text))
        lines = each.after.split("\n")
        for symbol in known.symbols(each.after, language):
            if not _private(symbol, language, each.after, lines):
                continue
            own = Counter(_WORD.findall("\n".join(lines[symbol.start_line - 1 : symbol.end_line])))
            if after[symbol.name] > own[symbol.name] or symbol.name in elsewhere:
                continue
            if symbol.head_line in each.added and (before is not None or each.file.status is FileStatus.ADDED):
                if before is None or not before[symbol.name]:
                    yield _fact(each, symbol, f"nothing uses {symbol.name}, which is added and private to this file")
            elif symbol.name in removed and symbol.head_line not in each.added and (beside := _last_use(symbol, each)):
                said = f"the last use of {symbol.name} (line {symbol.head_line}) is removed, and it stays"
                yield _fact(each, symbol, said, line=beside)


_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_LANGUAGES = frozenset({"python", "javascript", "typescript", "tsx", "java", "csharp"})
_SCRIPTS = frozenset({"javascript", "typescript", "tsx"})
_EXPORTS = re.compile(r"^[ \t]*(?:import\s|export\s|module\.exports|exports\.)|\brequire\(", re.MULTILINE)
_CALLED_BY_NAME = frozenset({"main", "finalize", "readObject", "writeObject", "readResolve", "writeReplace", "setup"})


def _words_elsewhere(known: Known) -> frozenset[str]:
    """Words of the other files that are known, as far as they may import a private name all the same."""
    paths = {each.path for each in known.files}
    texts = [text for path, text in known.snapshot.neighbours.items() if path not in paths]
    texts += [text for path, text in known.snapshot.contents.items() if path not in paths]
    return frozenset(word for text in texts for word in _WORD.findall(text))


def _private(symbol: Symbol, language: str, text: str, lines: list[str]) -> bool:
    """Whether nobody outside the file can be meant to use it; with a decorator or an annotation somebody is."""
    if symbol.start_line != symbol.head_line or symbol.name in _CALLED_BY_NAME or symbol.local:
        return False
    if language == "python":
        return not symbol.container and symbol.name.startswith("_") and not symbol.name.startswith("__")
    if language in _SCRIPTS:
        head = lines[symbol.head_line - 1]
        ours = not symbol.container and bool(_EXPORTS.search(text))
        return ours and bool(_SCRIPT_DEFINITION.match(head))
    above = lines[symbol.head_line - 2].strip() if symbol.head_line > 1 else ""
    head = lines[symbol.head_line - 1].strip()
    return head.startswith("private ") and "(" in symbol.signature and not above.startswith(("@", "["))


_SCRIPT_DEFINITION = re.compile(r"(?:async\s+)?(?:function\b|class\s|const\s+[\w$]+\s*=|let\s+[\w$]+\s*=)")


def _last_use(symbol: Symbol, file: Changed) -> int | None:
    """A line of the new file beside the removed one that used the name last; None where none was removed."""
    name = re.compile(rf"(?<![\w$]){re.escape(symbol.name)}(?![\w$])")
    beside = 0
    for line in file.file.lines:
        if line.new is not None:
            beside = line.new
        elif name.search(_CODE.sub("", line.text)):
            return beside or min(file.shown, default=None)
    return None


_CODE = re.compile(r"(?:^|\s)(?:#|//).*$")


def _fact(file: Changed, symbol: Symbol, message: str, line: int | None = None) -> Fact:
    return Fact(
        source="dead code",
        code="unused-symbol",
        path=file.path,
        start_line=line or symbol.head_line,
        end_line=line or symbol.head_line,
        message=message,
        reviewer="architecture",
        rule="dead-abstraction",
        severity=Severity.LOW,
        confidence=0.6,
    )


DEAD_CODE = Computed(
    name="dead code",
    wants=wants,
    find=find,
    signs=frozenset({("architecture", "dead-abstraction")}),
    beside_removals=True,
)
