"""A review whose calls are traced, in a process of its own: what it did has arrived when the command has ended."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

from tests.app.cli.conftest import Models, findings, remark
from tests.fakes.langfuse import PUBLIC_KEY, SECRET_KEY, FakeLangfuse
from tests.fakes.models import Answer, Asked, QuotaExhausted
from tests.repositories import Repository

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-c", "from app.cli.main import entry_point; entry_point()"]


def test_every_attempt_of_a_review_and_what_happened_between_them_arrive_before_it_ends(
    shop: Repository, models: Models
) -> None:
    def answer(asked: Asked) -> Answer:
        return QuotaExhausted() if asked.model == "gpt-6.1-sol" else findings(remark())

    models.openai(answer)
    with FakeLangfuse() as langfuse:
        done = subprocess.run(
            [*COMMAND, "review", "--reviewers", "security", "--model", "openai/gpt-6.1-sol,openai/gpt-6.1-terra"],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "LANGFUSE_PUBLIC_KEY": PUBLIC_KEY,
                "LANGFUSE_SECRET_KEY": SECRET_KEY,
                "LANGFUSE_BASE_URL": langfuse.url,
            },
            cwd=shop.root,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stderr
    failed, answered = sorted(langfuse.of_type("generation"), key=lambda generation: generation.start)
    assert (failed.name, failed.get("level")) == ("openai/gpt-6.1-sol", "ERROR")
    assert failed.get("status_message") == "QuotaExhausted"
    assert failed.get("cost_details")["total"] == 0
    assert (answered.name, answered.get("level")) == ("openai/gpt-6.1-terra", "DEFAULT")
    assert answered.get("usage_details")["total"] > 0
    assert answered.get("cost_details")["total"] > 0
    events = {event.name: event for event in langfuse.of_type("event")}
    assert events["fallback"].get("metadata.data") == {"chosen": "openai/gpt-6.1-terra"}
    assert {"breaker", "execution"} <= events.keys()
    root, reviewer = sorted(langfuse.of_type("span"), key=lambda span: span.parent)
    assert (root.get("metadata.status"), reviewer.name, reviewer.parent) == ("done", "security", root.id)
    assert failed.parent == answered.parent == reviewer.id
    assert langfuse.standing()["findings"] == 1
    spans = [gzip.decompress(one.body) for one in langfuse.requests if one.path.endswith("/traces")]
    assert not any(secret in body for body in spans for secret in (b"orders_of", b"db.execute"))
