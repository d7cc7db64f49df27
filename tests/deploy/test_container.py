"""What the image starts, started as the image starts it: its user, its variables, a root that cannot be written to."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.whole.world import FAULT, World, world
from tests.deploy import container
from tests.deploy.dockerfile import Image
from tests.repositories import Repository

pytestmark = [
    pytest.mark.skipif(bool(container.why_not()), reason=container.why_not()),
    # Whole programs are started, several of them in turn.
    pytest.mark.timeout(120),
]

DIFF = """\
diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -1 +1,2 @@
 import os
+os.system("ls " + input())
"""
OWNER = 12345
_NOT_THE_IMAGES = ("PATH", "HOME", "LANG", "TMPDIR", "QUARTET_STATE_DIR", "PYTHONPATH")


@pytest.fixture(scope="module")
def surroundings() -> Iterator[World]:
    """GitHub, a vendor and Redis, outside of the containers."""
    with world() as held:
        yield held


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Somebody's checkout, with a branch that brings a fault."""
    shop = Repository.create(tmp_path / "shop")
    shop.commit({"a.py": "import os\n"})
    shop.git("switch", "--quiet", "--create", "feature")
    shop.commit({"a.py": 'import os\nos.system("ls " + input())\n'})
    for path in (shop.root, *shop.root.rglob("*")):
        os.chown(path, OWNER, OWNER)
    return shop.root


@pytest.fixture
def variables(surroundings: World) -> dict[str, str]:
    """What an operator gives to the containers."""
    given = surroundings.environment
    return {
        name: value
        for name, value in given.items()
        if name not in _NOT_THE_IMAGES and not name.startswith(("COVERAGE", "COV_"))
    }


def healthy(running: container.Container) -> subprocess.CompletedProcess[str]:
    """What the image's own health check says."""
    return running.execute(*Image().health_check)


def test_nothing_but_tmp_and_state_can_be_written() -> None:
    tries = "for place in / /etc /usr /root /state /tmp; do touch $place/x 2>/dev/null && echo $place; done; id -u"
    command = container.started(given=container.Given())
    script = f"{command[-1].removesuffix(' quartet')} sh -c '{tries}'"

    ended = subprocess.run((*command[:-1], script), capture_output=True, text=True, check=True)

    assert ended.stdout.split() == ["/state", "/tmp", "10001"]


def test_a_diff_is_reviewed_from_a_pipe() -> None:
    ended = container.run("review", "--diff", "-", "--no-llm", "--fail-on", "high", text=DIFF)

    assert ended.returncode == 1, ended.stderr
    assert "security/command-injection" in ended.stdout
    assert ended.stderr == ""


def test_a_checkout_is_reviewed_by_its_owner_where_it_is_mounted(repository: Path) -> None:
    given = container.Given(user=OWNER, folder="/repository", volumes={"/repository": repository})

    ended = container.run("review", "--base", "main", "--no-llm", "--fail-on", "high", given=given)

    assert ended.returncode == 1, ended.stderr
    assert "security/command-injection" in ended.stdout


def test_a_checkout_of_somebody_else_is_refused_with_the_cure(repository: Path) -> None:
    given = container.Given(folder="/repository", volumes={"/repository": repository})

    ended = container.run("review", "--base", "main", "--no-llm", given=given)

    assert ended.returncode == 2
    assert "git does not trust" in ended.stderr


def test_doctor_reads_secrets_from_files_that_nobody_else_may_read(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "OPENAI_API_KEY"
    file.parent.mkdir(mode=0o500)
    file.write_text("a key that is only in a file")
    for path, mode in ((file, 0o400), (file.parent, 0o500)):
        os.chown(path, Image().user, Image().user)
        path.chmod(mode)
    given = container.Given(volumes={"/run/secrets": file.parent}, environment={"QUARTET_SECRETS_DIR": "/run/secrets"})

    ended = container.run("doctor", "--offline", given=given)

    assert "openai/gpt-6.1-sol" in ended.stdout
    assert ended.stdout.endswith("all is well\n"), ended.stdout + ended.stderr


def test_everything_in_one_container_reviews_a_pull_request(surroundings: World, variables: dict[str, str]) -> None:
    del variables["REDIS_URL"]
    given = container.Given(environment=variables)

    with container.running(*Image().arguments, "--port", "0", until="/webhooks/github", given=given) as up:
        address = re.search(r"http://127\.0\.0\.1:\d+", up.said[-1])
        assert address
        surroundings.github.webhook_url = f"{address[0]}/webhooks/github"
        assert surroundings.github.opened(surroundings.app) == 202
        surroundings.until_reviewed()
        stopped = up.stop()

    (review,) = surroundings.app.reviews
    assert FAULT["title"] in str(review)
    assert stopped == 0


def test_web_is_healthy_as_process_one(variables: dict[str, str]) -> None:
    given = container.Given(environment=variables)
    with container.running("web", "--host", "0.0.0.0", "--port", "18000", until="listening", given=given) as web:
        said = healthy(web)
        stopped = web.stop()

    assert (said.returncode, said.stdout) == (0, '200 {"database":"ok","queue":"ok"}\n'), said.stderr
    assert stopped == 0


def test_a_worker_is_healthy_as_process_one_and_hands_over_in_good_order(variables: dict[str, str]) -> None:
    given = container.Given(name="worker-7", environment=variables)
    with container.running("worker", "--processes", "1", until="ready", given=given) as worker:
        said = healthy(worker)
        stopped = worker.stop()

    assert (said.returncode, said.stdout) == (0, "1 worker on worker-7\n"), said.stderr
    assert stopped == 0
