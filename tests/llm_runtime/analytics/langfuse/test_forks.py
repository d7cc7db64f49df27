"""Each in a process of its own: what a fork finds cannot be undone."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from tests.fakes.langfuse import SECRET_KEY, FakeLangfuse

_SECONDS = 50
_BEGINNING = """
    import os, signal, sys, threading, time
    from llm_runtime.analytics.langfuse.tracker import LangfuseCostTracker
    from tests.llm_runtime.analytics.langfuse import records

    def tracker(**fields):
        return LangfuseCostTracker(public_key={key!r}, secret_key={secret!r}, base_url={url!r}, **fields)

    def ids(start, count):
        return [f"{{number:016x}}" for number in range(start, start + count)]

    def in_child(use):
        child = os.fork()
        if child == 0:
            signal.alarm(30)
            use()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
"""


def run(server: FakeLangfuse, script: str) -> None:
    beginning = _BEGINNING.format(key=server.public_key, secret=SECRET_KEY, url=server.url)
    whole = textwrap.dedent(beginning) + textwrap.dedent(script)
    subprocess.run([sys.executable, "-c", whole], check=True, timeout=_SECONDS)


def test_a_forked_worker_sends_its_own_records_before_it_ends(langfuse: FakeLangfuse) -> None:
    run(
        langfuse,
        """
        parent = tracker()
        parent.take(records.generation(id=ids(1, 1)[0]))

        def work():
            child = tracker()
            child.take(records.generation(id=ids(2, 1)[0]))
            child.close()
            assert child.dropped == 0

        in_child(work)
        parent.close()
        assert parent.dropped == 0
        """,
    )

    assert sorted(each.id for each in langfuse.observations) == [f"{number:016x}" for number in (1, 2)]


def test_a_child_uses_the_tracker_of_its_parent_on_a_connection_of_its_own(langfuse: FakeLangfuse) -> None:
    run(
        langfuse,
        """
        both = tracker()
        both.take(records.trace())
        both.take(records.generation(id=ids(1, 1)[0]))
        both.flush(10.0)

        def work():
            for name in ids(100, 100):
                both.take(records.generation(id=name))
            both.close()
            assert both.dropped == 0

        for name in ids(1000, 100):
            both.take(records.generation(id=name))
        in_child(work)
        both.close()
        assert both.dropped == 0
        """,
    )

    sent = [each.id for each in langfuse.observations]
    assert len(sent) == len(set(sent)) == 201
    assert {each.attributes["langfuse.trace.name"] for each in langfuse.observations} == {"review"}


def test_a_fork_while_the_sdk_is_loaded_finds_it_whole(langfuse: FakeLangfuse) -> None:
    run(
        langfuse,
        """
        begun = threading.Event()

        class Watch:
            def find_spec(self, name, *_):
                if name == "langfuse":
                    begun.set()

        sys.meta_path.insert(0, Watch())
        both = tracker()
        both.take(records.generation(id=ids(1, 1)[0]))
        assert begun.wait(20)

        def work():
            both.take(records.generation(id=ids(2, 1)[0]))
            both.close()
            assert both.dropped == 0

        in_child(work)
        both.close()
        """,
    )

    assert sorted(each.id for each in langfuse.observations) == [f"{number:016x}" for number in (1, 2)]


def test_forks_beside_a_thread_that_sends_never_hang(langfuse: FakeLangfuse) -> None:
    run(
        langfuse,
        """
        both = tracker()
        both.take(records.trace())
        stop = threading.Event()

        def tell():
            for name in ids(10_000, 1_000):
                both.take(records.generation(id=name))
                if stop.wait(0.001):
                    return

        thread = threading.Thread(target=tell)
        thread.start()

        def work(number):
            both.take(records.generation(id=ids(number, 1)[0]))
            both.close()
            assert both.dropped == 0

        for number in range(1, 5):
            in_child(lambda: work(number))
        stop.set()
        thread.join()
        both.close()
        assert both.dropped == 0
        """,
    )

    assert {f"{number:016x}" for number in range(1, 5)} <= {each.id for each in langfuse.observations}


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "gone"])
def test_a_forked_worker_ends_in_time_where_langfuse_is_away(langfuse: FakeLangfuse, *, silent: bool) -> None:
    langfuse.silent, langfuse.refuse = silent, None if silent else 503

    run(
        langfuse,
        """
        both = tracker(timeout_seconds=1)

        def work():
            both.take(records.generation())
            began = time.monotonic()
            both.close()
            assert time.monotonic() - began < 5.0
            assert both.dropped == 1

        in_child(work)
        """,
    )


def test_a_process_that_has_given_up_does_not_wait_at_its_end(langfuse: FakeLangfuse) -> None:
    langfuse.silent = True

    run(
        langfuse,
        """
        import atexit
        began = time.monotonic()
        # Registered first, so called last.
        atexit.register(lambda: os._exit(0 if time.monotonic() - began < 12.0 else 1))
        both = tracker(timeout_seconds=30)
        both.take(records.generation())
        both.flush(1.0)
        both._outbox.close(1.0)
        """,
    )
