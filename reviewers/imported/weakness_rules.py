"""Which of our rules a weakness of MITRE's list (CWE) falls under: for reports that name a weakness, but not our rules.

Beside the weaknesses that the security rules carry themselves stand their children in MITRE's research view
(https://cwe.mitre.org/data/definitions/1000.html), and those that are no weakness of security but a bug.
"""

from __future__ import annotations

from reviewers.weaknesses import WEAKNESSES

_SECURITY = {
    "injection": "20 74 75 89 90 91 93 99 113 117 134 564 643 652 917 943",
    "command-injection": "77 78 88 155",
    "code-injection": "94 95 96 97 98 470 1336",
    "path-traversal": "22 23 24 35 36 37 38 39 40 59 61 73 706",
    "cross-site-scripting": "79 80 81 83 84 85 86 87 116 1021",
    "request-forgery": "352 441 918",
    "unsafe-deserialization": "502 915 1321",
    "hardcoded-secret": "256 257 259 260 321 522 547 798",
    "weak-cryptography": "261 310 323 325 326 327 328 329 347 354 759 760 780 916",
    "weak-randomness": "330 331 334 335 336 337 338 340 341 343",
    "broken-authentication": "287 288 290 294 303 304 306 307 345 346 384 521 613 620 640",
    "missing-authorization": "264 284 285 425 639 862 863 668",
    "information-exposure": "200 201 203 208 209 215 312 313 315 359 497 524 525 532 538 540 548 552 598",
    "insecure-transport": "295 296 297 298 299 300 311 319 322 523 614 757",
    "insecure-permissions": "276 277 278 279 281 732",
    "insecure-temp-file": "377 378 379",
    "xml-external-entity": "611 776 827",
    "open-redirect": "601",
    "resource-exhaustion": "400 409 674 730 770 789 834 835 1333",
    "race-condition": "362 363 366 367",
    "supply-chain": "353 426 427 494 506 829 830 937 1035 1104 1357 1395",
    "excessive-permissions": "250 266 267 269 272",
    "insecure-configuration": "16 489 605 693 749 942 1004 1188 1275",
    "prompt-injection": "1427",
    "memory-safety": "119 120 121 122 123 124 125 126 127 129 131 190 191 242 415 416 590 680 787 788 805 822 823 825",
}
_BUGS = {
    "none-dereference": "476 690",
    "undefined-name": "456 457 824 908",
    "unreachable-code": "561",
    "logic-error": "480 570 571 670 682 691 783",
    "wrong-comparison": "481 482 595 597 697",
    "wrong-argument": "628 683 685 686 687 688",
    "unused-result": "252 563 1164",
    "exception-swallowed": "390 391 396 703 754 755",
    "error-path": "248 392 397 460 584",
    "resource-leak": "401 404 459 772 775",
    "off-by-one": "193",
    "concurrency": "543 567 662 667 820 821 833",
    "type-confusion": "588 681 704 843",
    "api-misuse": "227 477 573 676",
}

_OF_CHILDREN = {
    int(number): (reviewer, rule)
    for reviewer, rules in (("bugs", _BUGS), ("security", _SECURITY))
    for rule, numbers in rules.items()
    for number in numbers.split()
}
_OF_RULES = {int((rule.cwe or "").removeprefix("CWE-")): ("security", rule.name) for rule in reversed(WEAKNESSES)}

BY_WEAKNESS = _OF_CHILDREN | _OF_RULES
"""Reviewer and rule by the weakness's number; where two rules carry one, the first of our list."""
