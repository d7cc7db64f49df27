from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from llm_runtime.tokens.remembered import RememberedCounts


class Counting:
    """Keeps what it was asked to count."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def count(self, text: str) -> int:
        self.asked.append(text)
        return len(text)


class Lengths:
    def count(self, text: str) -> int:
        return len(text)


def test_a_text_is_counted_once() -> None:
    base = Counting()
    remembered = RememberedCounts(base)

    assert [remembered.count(text) for text in ("ab", "abc", "".join(["a", "b"]))] == [2, 3, 2]
    assert base.asked == ["ab", "abc"]


def test_the_text_unused_for_longest_is_forgotten_first() -> None:
    base = Counting()
    remembered = RememberedCounts(base, texts=2)
    for text in ("a", "bb", "a", "ccc"):
        remembered.count(text)
    base.asked.clear()

    for text in ("a", "ccc", "bb"):
        remembered.count(text)
    assert base.asked == ["bb"]


def test_no_text_is_kept() -> None:
    remembered = RememberedCounts(Lengths())
    text = "a customer's secret, " * 100
    remembered.count(text)

    assert text not in repr(vars(remembered))


def test_one_thread_does_not_wait_for_anothers_counting() -> None:
    class Slow:
        def __init__(self) -> None:
            self.counting, self.go_on = threading.Event(), threading.Event()

        def count(self, text: str) -> int:
            if text == "long":
                self.counting.set()
                assert self.go_on.wait(30)
            return len(text)

    base = Slow()
    remembered = RememberedCounts(base)
    with ThreadPoolExecutor() as threads:
        long = threads.submit(remembered.count, "long")
        assert base.counting.wait(30)
        short = remembered.count("s")
        base.go_on.set()

        assert (short, long.result()) == (1, 4)
