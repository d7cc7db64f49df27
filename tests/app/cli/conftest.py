"""A shop with a faulty change, models that answer as a script says, and the command as a user gives it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import main
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.gemini import FakeGemini
from tests.fakes.models import Answer, Answers, Asked, says
from tests.fakes.openai import FakeOpenAI
from tests.fakes.vendor import FakeVendor
from tests.repositories import Repository

BEFORE = '''\
"""Orders of a shop."""


def orders_of(db, name):
    return db.execute("select * from orders where name = ?", [name])
'''
AFTER = '''\
"""Orders of a shop."""


def orders_of(db, name):
    return db.execute("select * from orders where name = '" + name + "'")


def total(prices=[]):
    prices.append(0)
    return sum(prices)
'''
QUERY = """    return db.execute("select * from orders where name = '" + name + "'")"""
TITLES = {
    "bugs": "Bug hunter",
    "architecture": "Architect critic",
    "performance": "Performance analyst",
    "security": "Security auditor",
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository on the branch ``feature``, whose change has an injection and a mutable default."""
    repository = Repository.create(tmp_path / "shop")
    repository.commit({"orders.py": BEFORE})
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit({"orders.py": AFTER})
    monkeypatch.chdir(repository.root)
    return repository


def remark(**changes: Any) -> dict[str, Any]:
    """A finding as a model words it: the injection in the shop's change."""
    return {
        "path": "orders.py",
        "quote": QUERY.strip(),
        "line": 5,
        "removed": False,
        "rule": "injection",
        "severity": "high",
        "confidence": 0.9,
        "title": "A customer's name reaches the query",
        "message": "A quote in the name ends the string and changes the query. Bind it as a parameter.",
        "suggestion": None,
        "evidence": [],
    } | changes


def findings(*remarks: dict[str, Any], dropped: dict[str, str] | None = None) -> Answer:
    """An answer that keeps the schema."""
    entries = [{"id": name, "reason": reason} for name, reason in (dropped or {}).items()]
    return says({"findings": list(remarks), "dropped_evidence": entries})


def by_reviewer(**answers: Answer) -> Callable[[Asked], Answer]:
    """Answers by the reviewer that asks; whoever is not named finds nothing."""

    def answer(asked: Asked) -> Answer:
        asking = next(name for name, title in TITLES.items() if f"Your speciality now: {title}" in asked.prompt)
        return answers.get(asking, findings())

    return answer


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(slots=True)
class Models:
    """The three vendors as far as a test has switched them on."""

    monkeypatch: pytest.MonkeyPatch
    stack: ExitStack
    vendors: dict[str, FakeVendor] = field(default_factory=dict)

    def openai(self, answers: Answers, **options: Any) -> FakeVendor:
        return self._on("openai", FakeOpenAI(answers, **options), "OPENAI_API_KEY", "OPENAI_BASE_URL")

    def anthropic(self, answers: Answers, **options: Any) -> FakeVendor:
        return self._on("anthropic", FakeAnthropic(answers, **options), "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL")

    def gemini(self, answers: Answers, **options: Any) -> FakeVendor:
        return self._on("gemini", FakeGemini(answers, **options), "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL")

    def all(self, answers: Answers) -> None:
        self.openai(answers)
        self.anthropic(answers)
        self.gemini(answers)

    @property
    def asked(self) -> list[Asked]:
        return [asked for vendor in self.vendors.values() for asked in vendor.asked]

    def _on(self, name: str, vendor: FakeVendor, key: str, address: str) -> FakeVendor:
        self.vendors[name] = self.stack.enter_context(vendor)
        self.monkeypatch.setenv(key, "a-key-of-the-tests")
        self.monkeypatch.setenv(address, vendor.base_url)
        return vendor


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Iterator[Models]:
    with ExitStack() as stack:
        yield Models(monkeypatch, stack)


@pytest.fixture
def quartet(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """The command, in this process."""

    def run(*arguments: str) -> Ended:
        capsys.readouterr()
        status = main(list(arguments))
        said = capsys.readouterr()
        return Ended(status, said.out, said.err)

    return run
