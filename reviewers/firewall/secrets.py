"""Text goes in; the same text with each secret as ``ghp_…[masked 36]`` comes out, for models and for what is posted.

A vendor's form is enough to mask a value wherever it stands. Of values that only their name gives away, those on the
lines where a tool found a secret are masked, on these lines and everywhere else. The tools read added lines; of the
others, which a change removes or leaves, a telling name before a value that looks random is enough.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewers.diff import Diff, FileDiff
    from reviewers.findings import Fact

MASK = re.compile(r"…\[masked ([1-9][0-9]{0,5})\]")
"""What stands in the place of a secret, with its number of characters."""

LEAST_CHARACTERS = 8
"""A shorter value is masked together with its quotes only: elsewhere it may be a part of a word."""


SECRET_RULE = "hardcoded-secret"  # noqa: S105 - the name of a rule
"""Under which the security auditor's tools report secrets."""


def masked(text: str, values: Collection[str] = ()) -> str:
    """The text without secrets: neither these, nor any in a form that its vendor gives to secrets.

    Args:
        text: Code or prose.
        values: Secrets that are known; the longest first, where one is a part of another.

    Example:
        >>> masked("token = 'ghp_" + "a1B2" * 9 + "'")
        "token = 'ghp_…[masked 36]'"
    """
    for value in values:
        if len(value) >= LEAST_CHARACTERS:
            text = text.replace(value, _mask("", value))
    if "PRIVATE KEY" in text:
        text = _PRIVATE_KEY.sub(lambda key: key[1] + _KEY_BODY.sub(lambda part: _mask("", part[0]), key[2]), text)
    return _FORMS.sub(_masked_form, text)


def secret_values(diff: Diff, facts: Iterable[Fact]) -> tuple[str, ...]:
    """Values on the lines where tools found a secret, and on those that tools do not read; the longest first.

    Args:
        diff: The change.
        facts: What tools report; those of ``SECRET_RULE`` count.
    """
    unread = {value for file in diff.files for value in _values_by_name(file)}
    places = {
        (fact.path, number)
        for fact in facts
        if fact.rule == SECRET_RULE
        for number in range(fact.start_line, min(fact.end_line, fact.start_line + _MOST_LINES) + 1)
    }
    lines = (line.text for file in diff.files for line in file.lines if (file.path, line.new) in places)
    return _longest_first(unread.union(values_on(lines)))


def values_on(lines: Iterable[str]) -> tuple[str, ...]:
    """The secrets on lines of which each is known to hold one, the longest first."""
    return _longest_first({form for line in lines for value in _values_on(line) for form in _forms_of(value, line)})


def without_named(line: str) -> str:
    """A line of code without values in quotes whose name says that they are secrets.

    Example:
        >>> without_named('password = "open sesame", token: "open-sesame"')
        'password = "open sesame", token: "…[masked 11]"'
    """
    return _NAMED.sub(lambda found: f"{found[1]}{_mask('', found[2])}", line)


_MOST_LINES = 40
# The part before the mask tells whose secret it is. Sources: the vendors' pages on secret scanning, gathered in
# https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns.
_FORMS = re.compile(
    r"""(?<![A-Za-z0-9])(?:
      (gh[opusr]_)[A-Za-z0-9._-]{16,}
    | (github_pat_)[A-Za-z0-9_]{22,}
    | (sk-ant-(?:api|admin|oat)\d\d-)[A-Za-z0-9_-]{16,}
    | (sk-(?:proj|svcacct|admin)-)[A-Za-z0-9_-]{16,}
    | (sk-)[A-Za-z0-9]{32,}
    | ([sr]k_live_)[A-Za-z0-9]{16,}
    | (whsec_)[A-Za-z0-9+/=]{24,}
    | (AIza)[0-9A-Za-z_-]{35}
    | (GOCSPX-)[0-9A-Za-z_-]{20,}
    | (A(?:KI|SI)A)[0-9A-Z]{16}(?![0-9A-Za-z])
    | (xox[abeoprs]-)[A-Za-z0-9-]{10,}
    | (https://hooks\.slack\.com/services/)[A-Za-z0-9/_-]{20,}
    | (glpat-|glptt-|gldt-)[A-Za-z0-9_.-]{20,}
    | (npm_)[A-Za-z0-9]{36}
    | (pypi-)AgE[A-Za-z0-9_-]{50,}
    | (hf_)[A-Za-z]{34}
    | (dckr_pat_)[A-Za-z0-9_-]{20,}
    | (lin_api_)[A-Za-z0-9]{40}
    | (dop_v1_)[a-f0-9]{64}
    | (shp(?:at|ca|pa|ss)_)[a-fA-F0-9]{32}
    | (SG\.)[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}
    | (SK)[0-9a-f]{32}(?![0-9A-Za-z])
    | (hv[sb]\.)[A-Za-z0-9_-]{24,}
    | (ATATT3)[A-Za-z0-9_=-]{60,}
    | (sbp_)[a-f0-9]{40}
    | (dapi)[a-f0-9]{32}(?![0-9A-Za-z])
    | (eyJ)[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}
    )""",
    re.VERBOSE,
)
_PLACEHOLDER = re.compile(r"(?i)example|placeholder|redacted|your[-_]|x{6,}|\*{4,}|0{10,}|(.)\1{11,}")
_PRIVATE_KEY = re.compile(
    r"(-----BEGIN (?:[A-Z]{1,10} ){0,3}PRIVATE KEY(?: BLOCK)?-----)(.{1,20000}?)(?=-----|\nEND |\Z)", re.DOTALL
)
_KEY_BODY = re.compile(r"[A-Za-z0-9+/=]{20,}")
_QUOTED = re.compile(r"""(["'`])((?:\\.|(?!\1).){6,4000})\1""")
_ASSIGNED = re.compile(r"""(?:=|:|=>|\s)\s*([^\s"'`,;<>(){}\[\]]{6,4000})""")
_IN_ADDRESS = re.compile(r"""://[^/\s:@"']{0,200}:([^/\s@"']{4,400})@""")
_CONNECTION = re.compile(r"""(?i)(?:password|pwd|accountkey|sharedaccesskey|secret|token)=([^;"'\s]{4,4000})""")
_NAME = r"(?:secret|passw|passphrase|token|api_?key|access_?key|private_?key|credential)"
_NAMED = re.compile(rf"""(?i)({_NAME}\w{{0,40}}["']?\s*(?::|=>|:?=)\s*["'`])([^"'`\s]{{8,4000}})""")
_SETTING = re.compile(
    rf"""(?i)^\s*(?:export\s+)?[\w.-]{{0,200}}{_NAME}[\w.-]{{0,200}}\s*[:=]\s*([^\s"'#]{{8,4000}})\s*$"""
)
_SETTINGS_FILE = re.compile(r"(?i)(?:\.(?:ya?ml|ini|cfg|conf|toml|properties|env)|(?:^|/)\.env[\w.-]*)$")


def _values_by_name(file: FileDiff) -> Iterator[str]:
    """Secrets on the lines of a file that its change does not add."""
    forms = [_NAMED, _SETTING] if _SETTINGS_FILE.search(file.path) else [_NAMED]
    for line in file.lines:
        if not line.added:
            found = [match[match.re.groups] for form in forms for match in form.finditer(line.text)]
            found += [value for value in _IN_ADDRESS.findall(line.text) if len(value) >= LEAST_CHARACTERS]
            yield from filter(_like_a_secret, found)


def _forms_of(value: str, line: str) -> Iterator[str]:
    """What is masked for a value: itself, or, where it is short, itself in the quotes that it has on its line."""
    if len(value) >= LEAST_CHARACTERS:
        yield value
    elif _like_a_secret(value):
        forms = (f"{mark}{value}{mark}" for mark in "\"'`")
        yield from (form for form in forms if form in line and len(form) >= LEAST_CHARACTERS)


def _longest_first(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(values, key=lambda value: (-len(value), value)))


def _mask(prefix: str, rest: str) -> str:
    return f"{prefix}…[masked {len(rest)}]"


def _masked_form(found: re.Match[str]) -> str:
    if _PLACEHOLDER.search(found[0]):
        return found[0]
    prefix = found[found.lastindex or 0]
    return _mask(prefix, found[0][len(prefix) :])


def _values_on(line: str) -> Iterator[str]:
    """What may be the secret on a line that has one: better a value too many than one too few."""
    parts = [*_IN_ADDRESS.findall(line), *_CONNECTION.findall(line)]
    if parts:
        yield from parts
        return
    quoted = [found[1] for found in _QUOTED.findall(line)]
    likely = [value for value in quoted if _like_a_secret(value)]
    if not likely:
        likely = [value for value in _ASSIGNED.findall(line) if _like_a_secret(value)]
    # A pass phrase has no digit: then what stands last in quotes is the value, and what stands before is its name.
    yield from likely or quoted[-1:] or _ASSIGNED.findall(line)[-1:]


def _like_a_secret(value: str) -> bool:
    plain = not any(character.isspace() for character in value)
    return plain and any(c.isdigit() or c in "!@#$^&*+=?%" for c in value) and any(c.isalpha() for c in value)
