"""A worker that says it is ready has nothing to load any more."""

from __future__ import annotations

import pytest

from tests.app.whole.world import world

pytestmark = pytest.mark.timeout(120)

_OF_NO_ACCOUNT = {"_strptime"}


def test_a_review_loads_nothing_that_its_worker_has_not_loaded() -> None:
    with world() as held:
        for name in [name for name in held.environment if name.startswith("COV")]:
            del held.environment[name]
        held.web()
        workers = held.workers(PYTHONPROFILEIMPORTTIME="1")
        # The parent has loaded what it needs, too, when it has asked this for the first time.
        held.github.until(
            lambda: any(one.path == "/app/hook/deliveries" for one in held.github.requests), "deliveries are asked for"
        )
        ready = len(workers.said)

        held.github.opened(held.app)
        held.until_reviewed()
        assert workers.stop() == 0
        workers.reader.join()

    loaded = {line.rpartition("|")[2].strip() for line in workers.said[ready:] if line.startswith("import time:")}
    assert len([line for line in workers.said[:ready] if line.startswith("import time:")]) > 1_000
    assert loaded <= _OF_NO_ACCOUNT
