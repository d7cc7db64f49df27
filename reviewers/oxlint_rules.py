"""Which of oxlint's rules count as evidence, and which reviewer's rule each of them is.

Left out on purpose: style; no-unused-expressions, which is mostly wrong on real code; rules that need types (oxlint
would have to run the repository's own compiler); rules that judge by what other files hold (import, jsdoc); what is a
habit of a team (no-console, no-shadow, eqeqeq). Pages: https://oxc.rs/docs/guide/usage/linter/rules.html.
"""

from __future__ import annotations

from reviewers.findings import Severity
from reviewers.meaning import Meaning

_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH

_TABLE: tuple[tuple[str, str, str | None, Severity, float, str], ...] = (
    ("security", "code-injection", "CWE-95", _MEDIUM, 0.6, "no-eval no-new-func no-implied-eval"),
    (
        "security",
        "cross-site-scripting",
        "CWE-79",
        _MEDIUM,
        0.5,
        "react/no-danger react/jsx-no-script-url no-script-url",
    ),
    ("security", "information-exposure", "CWE-346", _LOW, 0.4, "unicorn/require-post-message-target-origin"),
    ("bugs", "logic-error", None, _HIGH, 0.9, "no-dupe-else-if no-unsafe-negation no-const-assign no-import-assign"),
    ("bugs", "logic-error", None, _HIGH, 0.9, "constructor-super no-this-before-super oxc/erasing-op"),
    (
        "bugs",
        "logic-error",
        None,
        _HIGH,
        0.85,
        "oxc/bad-min-max-func oxc/misrefactored-assign-op oxc/const-comparisons",
    ),
    ("bugs", "logic-error", None, _HIGH, 0.85, "unicorn/no-accessor-recursion react/jsx-no-duplicate-props"),
    ("bugs", "logic-error", None, _MEDIUM, 0.85, "no-dupe-keys no-dupe-class-members no-duplicate-case no-self-assign"),
    ("bugs", "logic-error", None, _MEDIUM, 0.8, "no-constant-binary-expression no-cond-assign no-func-assign"),
    ("bugs", "logic-error", None, _MEDIUM, 0.8, "no-class-assign no-loss-of-precision no-setter-return"),
    (
        "bugs",
        "logic-error",
        None,
        _MEDIUM,
        0.8,
        "no-empty-character-class no-useless-backreference no-shadow-restricted-names",
    ),
    ("bugs", "logic-error", None, _MEDIUM, 0.8, "typescript/no-duplicate-enum-values oxc/uninvoked-array-callback"),
    ("bugs", "logic-error", None, _MEDIUM, 0.7, "unicorn/no-array-fill-with-reference-type"),
    (
        "bugs",
        "logic-error",
        None,
        _MEDIUM,
        0.7,
        "vue/no-side-effects-in-computed-properties vue/return-in-computed-property",
    ),
    ("bugs", "logic-error", None, _LOW, 0.5, "no-fallthrough no-sparse-arrays array-callback-return getter-return"),
    ("bugs", "off-by-one", None, _HIGH, 0.9, "for-direction"),
    ("bugs", "none-dereference", None, _HIGH, 0.9, "no-unsafe-optional-chaining"),
    ("bugs", "none-dereference", None, _MEDIUM, 0.7, "typescript/no-non-null-asserted-optional-chain"),
    ("bugs", "undefined-name", None, _HIGH, 0.85, "react/jsx-no-undef"),
    ("bugs", "wrong-comparison", None, _HIGH, 0.9, "use-isnan valid-typeof oxc/bad-comparison-sequence"),
    ("bugs", "wrong-comparison", None, _HIGH, 0.85, "oxc/bad-object-literal-comparison oxc/bad-char-at-comparison"),
    ("bugs", "wrong-comparison", None, _MEDIUM, 0.8, "no-compare-neg-zero oxc/bad-bitwise-operator"),
    ("bugs", "wrong-comparison", None, _MEDIUM, 0.8, "unicorn/no-negation-in-equality-check"),
    ("bugs", "wrong-argument", None, _HIGH, 0.85, "oxc/bad-replace-all-arg oxc/bad-match-all-arg"),
    ("bugs", "wrong-argument", None, _MEDIUM, 0.8, "oxc/number-arg-out-of-range no-invalid-regexp"),
    ("bugs", "api-misuse", None, _HIGH, 0.9, "no-obj-calls no-new-native-nonconstructor react/rules-of-hooks"),
    ("bugs", "api-misuse", None, _HIGH, 0.85, "oxc/bad-array-method-on-arguments promise/no-new-statics"),
    ("bugs", "api-misuse", None, _MEDIUM, 0.8, "no-debugger unicorn/no-invalid-fetch-options"),
    (
        "bugs",
        "api-misuse",
        None,
        _MEDIUM,
        0.7,
        "react/jsx-key react/no-direct-mutation-state vue/no-async-in-computed-properties",
    ),
    ("bugs", "error-path", None, _MEDIUM, 0.8, "no-async-promise-executor oxc/missing-throw"),
    ("bugs", "wrong-comparison", None, _LOW, 0.5, "no-self-compare"),
    ("bugs", "api-misuse", None, _LOW, 0.6, "unicorn/no-new-buffer"),
    ("bugs", "error-path", None, _LOW, 0.6, "no-throw-literal no-ex-assign"),
    ("bugs", "exception-swallowed", None, _MEDIUM, 0.85, "no-unsafe-finally"),
    ("bugs", "resource-leak", None, _MEDIUM, 0.8, "unicorn/no-invalid-remove-event-listener"),
    ("bugs", "closure-capture", None, _LOW, 0.5, "react/exhaustive-deps"),
    ("bugs", "concurrency", None, _MEDIUM, 0.8, "unicorn/no-await-in-promise-methods"),
    ("bugs", "unreachable-code", None, _MEDIUM, 0.85, "no-unreachable"),
    (
        "bugs",
        "broken-test",
        None,
        _MEDIUM,
        0.85,
        "jest/no-focused-tests",
    ),
    ("performance", "quadratic-time", None, _LOW, 0.6, "oxc/no-accumulating-spread"),
    ("performance", "chatty-io", None, _LOW, 0.4, "no-await-in-loop"),
    ("performance", "inefficient-iteration", None, _LOW, 0.5, "unicorn/prefer-set-has"),
    ("performance", "repeated-work", None, _LOW, 0.5, "react/jsx-no-constructed-context-values"),
    ("performance", "repeated-work", None, _LOW, 0.5, "react/no-unstable-nested-components"),
)

RULES = {
    name: Meaning(reviewer=reviewer, rule=rule, cwe=cwe, severity=severity, confidence=confidence)
    for reviewer, rule, cwe, severity, confidence, names in _TABLE
    for name in names.split()
}
"""Meaning of each rule that is asked for, by the name that oxlint's command line takes: ``oxc/erasing-op``."""

BROKEN = Meaning(reviewer="bugs", rule="syntax-error", cwe=None, severity=_HIGH, confidence=0.9)
"""Meaning of a file that does not parse any more."""

STRANGE = Meaning(reviewer="bugs", rule="syntax-error", cwe=None, severity=_MEDIUM, confidence=0.5)
"""Meaning of a new file that does not parse: it may be in a dialect (Flow) or a template, as well as wrong."""

BY_SHORT_NAME = {name.rpartition("/")[2]: meaning for name, meaning in RULES.items()}
"""Meaning by the name without its plugin, under which oxlint reports."""

_MISLED = """
constructor-super no-this-before-super no-unreachable no-fallthrough jsx-no-undef
rules-of-hooks exhaustive-deps no-class-assign no-func-assign no-shadow-restricted-names getter-return
no-setter-return no-invalid-remove-event-listener no-accessor-recursion no-unstable-nested-components
jsx-no-constructed-context-values no-dupe-class-members
"""

NEED_THE_WHOLE_FILE = frozenset(_MISLED.split())
"""Rules that a part of a file misleads: they judge by what encloses a line or by names bound elsewhere."""

_MARKED_TWICE = "no-dupe-keys no-duplicate-case no-dupe-else-if no-dupe-class-members no-duplicate-enum-values"

AT_THE_SECOND_PLACE = frozenset(_MARKED_TWICE.split())
"""Rules that mark the first of two places first, while the second is the one that is wrong."""

OF_REACT = frozenset(name.removeprefix("react/") for name in RULES if name.startswith("react/"))
"""Rules that go by names (``use…``), which mean nothing where React is not used."""
