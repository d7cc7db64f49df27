"""A program: files below the working directory in, what the rules find in them out as JSON.

It is run with ``python -I`` in a folder of its own, so that nothing it reads is ever imported, and so that a text which
breaks a grammar breaks this process alone. It prints ``{"remarks": [[place, rule, first line, last line], …],
"rules": {rule: {…}}, "unread": [place, …]}``; a file's ending tells its grammar.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reviewers.patterns.matching import Match, matches
from reviewers.patterns.php_pages import code_of
from reviewers.patterns.rules import PatternRule, family, load
from reviewers.syntax.languages import language_of
from reviewers.syntax.long_lines import workable
from reviewers.syntax.tree import parse


def scan(texts: Mapping[str, str]) -> dict[str, Any]:
    """What the program prints.

    Args:
        texts: Code by place; the place's ending tells the language.
    """
    languages = {place: language for place in texts if (language := language_of(place))}
    rules = tuple(load(family(language) for language in languages.values()))
    found: list[tuple[str, Match]] = []
    unread = []
    for place, language in languages.items():
        text = code_of(texts[place]) if language == "php" else texts[place]
        root = parse(text, language) if workable(text) else None
        if root is None:
            unread.append(place)
            continue
        found += [(place, match) for match in matches(rules, root, language)]
    return {
        "remarks": [(place, match.rule.id, match.start_line, match.end_line) for place, match in found],
        "rules": {match.rule.id: _told(match.rule) for _, match in found},
        "unread": unread,
    }


def _told(rule: PatternRule) -> dict[str, Any]:
    told = ("message", "reviewer", "rule", "cwe", "severity", "confidence", "in_tests", "whole")
    return {name: getattr(rule, name) for name in told}


def main() -> None:
    """Scan the files below the working directory."""
    paths = sorted(path for path in Path().rglob("*") if path.is_file())
    json.dump(scan({path.as_posix(): path.read_bytes().decode("utf-8", "replace") for path in paths}), sys.stdout)


if __name__ == "__main__":
    main()
