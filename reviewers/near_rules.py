"""Which rules of different reviewers speak of the same fault: data, and one question about it."""

from __future__ import annotations

from itertools import combinations

NEAR: tuple[frozenset[str], ...] = tuple(
    frozenset(group)
    for group in (
        ("bugs/exception-swallowed", "bugs/error-path", "architecture/inconsistent-contract"),
        ("bugs/concurrency", "security/race-condition", "performance/lock-contention"),
        ("bugs/resource-leak", "performance/unbounded-growth", "security/resource-exhaustion"),
        ("performance/missing-timeout", "performance/blocking-call", "security/resource-exhaustion"),
        ("performance/query-in-loop", "performance/chatty-io", "performance/repeated-work"),
        ("performance/quadratic-time", "performance/inefficient-iteration", "performance/repeated-work"),
        ("performance/large-payload", "performance/needless-copy", "performance/unbounded-growth"),
        ("performance/quadratic-time", "security/resource-exhaustion"),
        ("bugs/none-dereference", "bugs/type-confusion", "bugs/error-path"),
        ("bugs/logic-error", "bugs/wrong-comparison", "bugs/off-by-one", "bugs/unreachable-code"),
        ("bugs/logic-error", "bugs/regression", "architecture/breaking-change"),
        ("bugs/wrong-argument", "bugs/api-misuse", "bugs/type-confusion", "architecture/breaking-change"),
        ("bugs/api-misuse", "bugs/unused-result", "bugs/resource-leak"),
        ("bugs/undefined-name", "bugs/syntax-error", "architecture/breaking-change"),
        ("bugs/mutable-default", "architecture/hidden-coupling", "performance/unbounded-growth"),
        ("bugs/data-loss", "architecture/unsafe-migration", "bugs/regression"),
        ("architecture/inconsistent-contract", "architecture/breaking-change", "bugs/regression"),
        ("architecture/layer-violation", "architecture/misplaced-responsibility", "architecture/missing-boundary"),
        ("architecture/leaky-abstraction", "architecture/hidden-coupling", "architecture/missing-boundary"),
        ("architecture/dead-abstraction", "bugs/unreachable-code"),
        ("security/injection", "security/cross-site-scripting", "security/code-injection"),
        ("security/injection", "architecture/missing-boundary"),
        ("security/command-injection", "security/code-injection", "security/workflow-injection"),
        ("security/path-traversal", "security/insecure-temp-file"),
        ("security/request-forgery", "security/open-redirect"),
        ("security/unsafe-deserialization", "security/code-injection"),
        ("security/broken-authentication", "security/missing-authorization"),
        ("security/hardcoded-secret", "security/information-exposure"),
        ("security/weak-cryptography", "security/weak-randomness", "security/insecure-transport"),
        ("security/excessive-permissions", "security/insecure-permissions", "security/insecure-configuration"),
        ("security/supply-chain", "security/workflow-injection"),
        ("security/missing-authorization", "architecture/misplaced-responsibility"),
        ("security/memory-safety", "bugs/off-by-one", "bugs/none-dereference", "bugs/resource-leak"),
    )
)
"""Groups of rules, as ``reviewer/rule``, under which models report one and the same fault."""

_PAIRS = frozenset(frozenset(pair) for group in NEAR for pair in combinations(sorted(group), 2))


def near(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two rules, each a reviewer's name and the rule's, are the same or speak of the same kind of fault.

    >>> near(("bugs", "concurrency"), ("security", "race-condition"))
    True
    >>> near(("bugs", "off-by-one"), ("bugs", "data-loss"))
    False
    """
    return one == other or frozenset({"/".join(one), "/".join(other)}) in _PAIRS
