"""Which of ruff's rules count as evidence, and which reviewer's rule each of them is.

Left out on purpose: style and naming; micro-costs whose cure changes nothing measurable (C4, PERF203); rules that are
mostly wrong on real changes (S101, S404, S607, B007, B904, B905, F401, PLW1510, RUF012); how code is typed, documented
and written newer (ANN, D, PTH, RET, UP and the like); what only a preview of ruff has; how tangled a function is (C901,
PLR0911, PLR0912, PLR0915), which is measured here against what it was before; passwords by variable name (S105–S107),
which the secret scanner judges by the value. The weaknesses of the S rules are those that bandit publishes for
the rules they come from (https://bandit.readthedocs.io), but where bandit says only "input validation" (XML, YAML).
"""

from __future__ import annotations

from reviewers.findings import Severity
from reviewers.meaning import Meaning

_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH

_TABLE: tuple[tuple[str, str, str | None, Severity, float, str], ...] = (
    ("security", "code-injection", "CWE-78", _MEDIUM, 0.6, "S102 S307"),
    ("security", "code-injection", "CWE-94", _HIGH, 0.8, "S612"),
    ("security", "code-injection", "CWE-1007", _HIGH, 0.8, "PLE2502"),
    ("security", "command-injection", "CWE-78", _HIGH, 0.75, "S602 S605"),
    ("security", "command-injection", "CWE-78", _MEDIUM, 0.5, "S604"),
    ("security", "command-injection", "CWE-155", _MEDIUM, 0.7, "S609"),
    ("security", "command-injection", "CWE-78", _LOW, 0.3, "S601 S603 S606"),
    ("security", "injection", "CWE-89", _HIGH, 0.6, "S608 S610 S611"),
    ("security", "path-traversal", "CWE-22", _HIGH, 0.6, "S202"),
    ("security", "request-forgery", "CWE-22", _LOW, 0.3, "S310"),
    ("security", "cross-site-scripting", "CWE-79", _MEDIUM, 0.5, "S308 S702 S704"),
    ("security", "cross-site-scripting", "CWE-94", _HIGH, 0.8, "S701"),
    ("security", "unsafe-deserialization", "CWE-502", _MEDIUM, 0.5, "S301 S302"),
    ("security", "unsafe-deserialization", "CWE-502", _HIGH, 0.8, "S506"),
    ("security", "xml-external-entity", "CWE-611", _LOW, 0.4, "S313 S314 S315 S316 S317 S318 S319"),
    ("security", "weak-cryptography", "CWE-327", _MEDIUM, 0.6, "S303 S324"),
    ("security", "weak-cryptography", "CWE-327", _HIGH, 0.8, "S304 S305"),
    ("security", "weak-cryptography", "CWE-326", _MEDIUM, 0.85, "S505"),
    ("security", "weak-randomness", "CWE-330", _LOW, 0.3, "S311"),
    ("security", "insecure-transport", "CWE-319", _MEDIUM, 0.7, "S312 S321 S508 S509"),
    ("security", "insecure-transport", "CWE-295", _HIGH, 0.85, "S323 S501 S507"),
    ("security", "insecure-transport", "CWE-327", _HIGH, 0.8, "S502 S503"),
    ("security", "insecure-transport", "CWE-327", _LOW, 0.6, "S504"),
    ("security", "insecure-permissions", "CWE-732", _MEDIUM, 0.7, "S103"),
    ("security", "insecure-configuration", "CWE-605", _LOW, 0.4, "S104"),
    ("security", "insecure-configuration", "CWE-94", _HIGH, 0.9, "S201"),
    ("security", "insecure-temp-file", "CWE-377", _LOW, 0.35, "S108"),
    ("security", "insecure-temp-file", "CWE-377", _MEDIUM, 0.9, "S306"),
    ("security", "missing-authorization", "CWE-915", _MEDIUM, 0.6, "DJ007"),
    ("bugs", "syntax-error", None, _HIGH, 0.95, "invalid-syntax F404 F407 F621 F622 F701 F702 F704 F706 F707"),
    ("bugs", "syntax-error", None, _HIGH, 0.95, "PLE0100 PLE0115 PLE0117 PLE0118 PLE1142 PLE1700"),
    ("bugs", "syntax-error", None, _HIGH, 0.85, "F406 F722"),
    ("bugs", "undefined-name", None, _HIGH, 0.85, "F821 F823"),
    ("bugs", "undefined-name", None, _MEDIUM, 0.85, "F822 PLE0604 PLE0605"),
    ("bugs", "wrong-argument", None, _HIGH, 0.9, "F501 F502 F503 F505 F506 F507 F508 F509 F521 F524 F525"),
    ("bugs", "wrong-argument", None, _HIGH, 0.9, "PLE1132 PLE1205 PLE1206 PLE1300 PLE1307 PLW1501 B034 RUF064"),
    ("bugs", "wrong-argument", None, _MEDIUM, 0.85, "F504 F522 F523 B026 FAST003 LOG014 RUF026 RUF033"),
    ("bugs", "logic-error", None, _HIGH, 0.9, "F633 F634 B002 B020 B031 B035 PLW0711 PLW0245 PLE0303 PLE0305 PLE0308"),
    ("bugs", "logic-error", None, _MEDIUM, 0.85, "F402 F601 F602 B032 PIE794 PIE796 PLW0127 PLW0128 PLR0133 RUF034"),
    ("bugs", "logic-error", None, _MEDIUM, 0.85, "SIM220 SIM221 SIM222 SIM223 RUF060 PLR0206 PLR1708 ISC004 B021"),
    ("bugs", "logic-error", None, _MEDIUM, 0.55, "F811"),
    ("bugs", "logic-error", None, _MEDIUM, 0.8, "DJ013"),
    ("bugs", "logic-error", None, _LOW, 0.6, "B033 PLW0120"),
    ("bugs", "wrong-comparison", None, _HIGH, 0.85, "F632 PLW0177 PLR0124"),
    ("bugs", "wrong-comparison", None, _MEDIUM, 0.85, "YTT101 YTT102 YTT103 YTT201 YTT203 YTT204 YTT301 YTT302 YTT303"),
    ("bugs", "wrong-comparison", None, _LOW, 0.5, "E711 E712 E721"),
    ("bugs", "off-by-one", None, _HIGH, 0.8, "PLE0643"),
    ("bugs", "type-confusion", None, _HIGH, 0.85, "RUF016 PLE0304 PLE0307 PLE0309 PLE0302 PLE1507"),
    ("bugs", "type-confusion", None, _MEDIUM, 0.7, "RUF032 RUF048 PLW1508"),
    ("bugs", "type-confusion", None, _LOW, 0.5, "DTZ003 DTZ004"),
    ("bugs", "mutable-default", None, _MEDIUM, 0.8, "B006 B039 RUF008 RUF024"),
    ("bugs", "mutable-default", None, _LOW, 0.5, "B008 RUF009"),
    ("bugs", "closure-capture", None, _MEDIUM, 0.7, "B023"),
    ("bugs", "exception-swallowed", None, _MEDIUM, 0.85, "B012 B029 PLE0116 SIM107"),
    ("bugs", "exception-swallowed", None, _LOW, 0.35, "BLE001"),
    ("bugs", "exception-swallowed", "CWE-703", _LOW, 0.4, "E722 S110 S112"),
    ("bugs", "error-path", None, _HIGH, 0.9, "B016 B030 F901 G101 PLE0704 PLW0133"),
    ("bugs", "error-path", None, _MEDIUM, 0.7, "LOG004 LOG007"),
    ("bugs", "unreachable-code", None, _MEDIUM, 0.85, "B014 B025"),
    ("bugs", "unused-result", None, _MEDIUM, 0.8, "B015 B018 B022"),
    ("bugs", "unused-result", None, _LOW, 0.4, "F841"),
    ("bugs", "broken-test", None, _HIGH, 0.9, "F631 PGH005 PT010 PLW0129"),
    ("bugs", "broken-test", None, _MEDIUM, 0.6, "B017 PT015 PT014 RUF018 RUF030 RUF040"),
    ("bugs", "concurrency", None, _HIGH, 0.85, "ASYNC105 PLW2101"),
    ("bugs", "concurrency", None, _MEDIUM, 0.75, "RUF006 ASYNC100 ASYNC116 PLW1509"),
    ("bugs", "resource-leak", None, _LOW, 0.6, "SIM115 B019"),
    ("bugs", "api-misuse", None, _MEDIUM, 0.7, "B003 B004 B005 PLE1310 PLE1519 PLE1520 PLE0237 PLE0241 PLW1507 RUF049"),
    ("bugs", "api-misuse", None, _MEDIUM, 0.7, "INT001 INT002 INT003 LOG001 LOG002 PLW0406 T100 RUF071"),
    ("bugs", "api-misuse", None, _LOW, 0.8, "PLE2510 PLE2512 PLE2513 PLE2514 PLE2515 PLE0101 W605"),
    ("performance", "missing-timeout", "CWE-400", _MEDIUM, 0.8, "S113"),
    ("performance", "blocking-call", None, _MEDIUM, 0.85, "ASYNC210 ASYNC212 ASYNC220 ASYNC221 ASYNC222 ASYNC251"),
    ("performance", "blocking-call", None, _LOW, 0.6, "ASYNC230 ASYNC240 ASYNC250 ASYNC110"),
    ("performance", "quadratic-time", None, _MEDIUM, 0.8, "RUF017"),
    ("performance", "needless-copy", None, _LOW, 0.6, "PERF101 RUF015"),
    ("performance", "inefficient-iteration", None, _LOW, 0.5, "PERF102 PERF401 PERF402 PERF403"),
    ("architecture", "excessive-complexity", None, _LOW, 0.6, "PLR0913"),
)

RULES = {
    code: Meaning(reviewer=reviewer, rule=rule, cwe=cwe, severity=severity, confidence=confidence)
    for reviewer, rule, cwe, severity, confidence, codes in _TABLE
    for code in codes.split()
}
"""Meaning of each rule that is asked for, by ruff's code."""

_MISLED = """
invalid-syntax F402 F404 F811 F821 F822 F823 F841 F633 F634 F701 F702 F704 F706 F707 PLE0100 PLE0115 PLE0116 PLE0117
PLE0118 PLE0604 PLE0605 PLE0704 PLE1142 PLE1700 PLW0133 PLW0406 PLR0913 B002 B015 B018
B021 B032 LOG004 LOG014 ISC004 SIM115 RUF006
"""

NEED_THE_WHOLE_FILE = frozenset(_MISLED.split())
"""Rules that a part of a file misleads: they judge by names bound elsewhere, by what encloses a line, or by a
statement that may be the middle of a longer one."""
