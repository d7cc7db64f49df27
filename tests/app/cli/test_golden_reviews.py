"""Full reviews of six real pull requests, recorded over fake vendors, replayed without them, held against a record.

The changes are not part of this repository: they are read from a collection beside it, where that is there. What the
models answer is written here by hand. ``tests/data/golden_reviews.json`` holds what came of it: identities and places,
which must outlive every change of this program, as people's decisions hang on them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.app.cli.conftest import Ended, Models, remark
from tests.fakes.models import Answer, Asked, claims_of, says

DIFFS = Path("/work/shared/diffs")
GOLDEN = Path(__file__).parents[2] / "data" / "golden_reviews.json"

pytestmark = pytest.mark.skipif(not DIFFS.exists(), reason="the collection of pull requests is not on this machine")


def says_that(*words: str) -> dict[str, Any]:
    """A remark: path, quote, rule, severity, title and message."""
    named = zip(("path", "quote", "rule", "severity", "title", "message"), words, strict=True)
    return remark(**dict(named), line=None, confidence=0.9)


ANSWERS: Mapping[str, list[dict[str, Any]]] = {
    "encode-httpx__pr3249-40cdc834c-head": [
        says_that(
            "httpx/_urlparse.py",
            'f"Invalid non-printable character in URL component, "',
            "regression",
            "medium",
            "The error no longer names the component",
            "Callers saw which component was wrong; the key is missing from the text, and the test expects it.",
        ),
        says_that(
            "tests/models/test_url.py",
            '''"Invalid non-printable character in URL component 'path', '\\n' at position 1."''',
            "broken-test",
            "medium",
            "The test expects a text that is never raised",
            "The component's name is not part of the message that urlparse raises, so this comparison fails.",
        ),
    ],
    "pallets-click__pr1051-63d9a8624-head": [
        says_that(
            "click/core.py",
            "elif isinstance(param, Argument):\n    args.append(rv)",
            "regression",
            "high",
            "Parameters that are neither are left out of the help",
            "A subclass of Parameter that is no Option and no Argument was listed before and is dropped now.",
        ),
        says_that(
            "click/core.py",
            "key = self.metavar if self.metavar else self.name.upper()",
            "none-dereference",
            "medium",
            "An argument without a name has no upper()",
            "With expose_value=False the name may be None, and rendering the help raises AttributeError.",
        ),
    ],
    "psf-black__pr4343-b677a643c": [
        says_that(
            "src/blib2to3/pgen2/tokenize.py",
            'if not contstr and line.rstrip("\\n").strip(" \\t\\f") == "\\\\":',
            "logic-error",
            "high",
            "A continued expression is cut where a line holds a backslash alone",
            "Inside brackets or after an operator the line is skipped without counting, so positions are wrong.",
        )
    ],
    "rubocop-rubocop__pr15208-7dcbf9104": [
        says_that(
            "lib/rubocop/cop/lint/incompatible_io_select_with_fiber_scheduler.rb",
            "node&.array_type? && node.values.size == 1 && !node.values.first.splat_type?",
            "logic-error",
            "medium",
            "A nested splat is still taken for one element",
            "An array literal that is itself splatted inside another one is not seen here.",
        )
    ],
    "pypa-twine__pr1191-2319d1c62": [],
    "gin-gonic-gin__pr4537-93e320665-head": [],
}
REFUTED = "An argument without a name has no upper()"


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each change as a case in which every finding is shown."""
    for name in ANSWERS:
        folder = tmp_path / "suite" / name
        folder.mkdir(parents=True)
        (folder / "change.diff").write_bytes((DIFFS / f"{name}.diff").read_bytes())
        fields = {"languages": ["other"], "perspective": "bugs", "clean": True, "title": name}
        (folder / "case.yml").write_text(
            yaml.safe_dump({"id": re.sub(r"[^a-z0-9]+", "-", name.lower()), **fields}), encoding="utf-8"
        )
    monkeypatch.chdir(tmp_path)
    return tmp_path / "suite"


def shown(asked: Asked) -> list[dict[str, Any]]:
    """The remarks on the change that is shown."""
    return [each for said in ANSWERS.values() for each in said if f"FILE {each['path']} (" in asked.prompt]


def reviews(asked: Asked) -> Answer:
    """What a reviewer says; dear enough for a second look, which may cost a third of it."""
    return says({"findings": shown(asked), "dropped_evidence": []}, input=20_000, output=20_000)


def looks_again(asked: Asked) -> Answer:
    """A second look that refutes one claim and confirms the others."""
    refuted = next((each["quote"] for each in shown(asked) if each["title"] == REFUTED), "")
    verdicts = [
        {
            "claim": name,
            "verdict": "refuted" if refuted and refuted in code else "confirmed",
            "quote": code,
            "reason": "The line says so.",
            "suggestion_holds": True,
        }
        for name, code in claims_of(asked).items()
    ]
    return says({"verdicts": verdicts})


def concluded(report: Any) -> dict[str, list[dict[str, Any]]]:
    """What models said of each change, by its id: identity and place."""
    return {
        case["id"]: [
            {name: each[name] for name in ("id", "reviewer", "rule", "severity", "path", "start_line", "end_line")}
            for each in case["false_alarms"]
            if each["models"]
        ]
        for case in report["cases"]
    }


def test_six_real_pull_requests_are_reviewed_and_replayed_as_recorded(
    quartet: Callable[..., Ended],
    suite: Path,
    models: Models,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QUARTET_LIMITS", "openai: rpm=none tpm=none; anthropic: rpm=none tpm=none")
    models.openai(reviews, looks_again=looks_again)
    models.anthropic(reviews, looks_again=looks_again)
    run = ("bench", "run", str(suite), "--reviewers", "bugs", "--output", str(tmp_path / "out"), "--format", "json")
    recorded = quartet(*run)
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name)
    asked = len(models.asked)

    replayed = quartet(*run, "--replay")

    assert recorded.status == replayed.status == 0, recorded.err + replayed.err
    assert replayed.json == recorded.json | {"replayed": True}
    assert len(models.asked) == asked
    assert REFUTED not in recorded.out
    assert concluded(replayed.json) == json.loads(GOLDEN.read_text(encoding="utf-8"))
