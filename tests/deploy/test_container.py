"""What the image starts, started as the image starts it: its user, its variables, a root that cannot be written to."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.whole.world import AFTER, BEFORE, FAULT, World, world
from tests.deploy import container
from tests.deploy.dockerfile import Image
from tests.fakes.github_app import FakePull
from tests.fakes.redis_server import free_port
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
    pulls = [FakePull(number=number, base_files={"a.py": BEFORE}, head_files={"a.py": AFTER}) for number in (7, 8)]
    with world(None, *pulls) as held:
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

    port = str(free_port())
    with container.running(*Image().arguments, "--port", port, until="/webhooks/github", given=given) as up:
        surroundings.github.webhook_url = f"http://127.0.0.1:{port}/webhooks/github"
        assert surroundings.github.opened(surroundings.app) == 202
        surroundings.until_reviewed()
        said = healthy(up)
        stopped = up.stop()

    (review,) = (review for review in surroundings.app.reviews if review["pull"] == 7)
    assert FAULT["title"] in str(review)
    assert (said.returncode, said.stdout) == (0, '200 {"database":"ok","queue":"ok"}\n'), said.stderr
    assert stopped == 0


def test_web_and_worker_in_containers_of_their_own_review_one_and_say_that_they_are_healthy(
    surroundings: World, variables: dict[str, str]
) -> None:
    name = "worker-7"
    web_given, worker_given = container.Given(environment=variables), container.Given(name=name, environment=variables)
    port = str(free_port())
    with (
        container.running("web", "--host", "0.0.0.0", "--port", port, until="listening", given=web_given) as web,
        container.running("worker", "--processes", "1", until="ready", given=worker_given) as worker,
    ):
        surroundings.github.webhook_url = f"http://127.0.0.1:{port}/webhooks/github"
        assert surroundings.github.opened(surroundings.app, 8) == 202
        surroundings.until_reviewed(8)
        said = [healthy(web), healthy(worker)]
        stopped = [worker.stop(), web.stop()]

    assert 8 in {review["pull"] for review in surroundings.app.reviews}
    assert (said[0].returncode, said[0].stdout) == (0, '200 {"database":"ok","queue":"ok"}\n'), said[0].stderr
    assert (said[1].returncode, said[1].stdout) == (0, f"1 worker on {name}\n"), said[1].stderr
    assert stopped == [0, 0]
