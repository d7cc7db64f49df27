"""The command as a user gives it, in this process and in others that are killed, interrupted and doubled."""

from __future__ import annotations

import functools
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from app.cli.main import main
from llm_runtime.analytics.langfuse.exporter import Exported, Wanted
from llm_runtime.analytics.langfuse.runs import KILLED
from llm_runtime.analytics.tables import agent_task_results, llm_traces
from tests.app.processes import running
from tests.fakes.langfuse import SECRET_KEY
from tests.fakes.langfuse_reading import ReadableLangfuse
from tests.fakes.server import json_reply
from tests.llm_runtime.analytics.langfuse.exporting import Export, foreign, fresh_url, opened, readable
from tests.llm_runtime.analytics.langfuse.records import BEGAN

COMMAND = ("-c", "from app.cli.main import entry_point; entry_point()", "analytics", "export")
DAY = ("--start", "2026-11-21", "--end", "2026-11-21")

on_both_engines = pytest.mark.parametrize("url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def langfuse(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadableLangfuse]:
    with readable() as server:
        monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", server.public_key)
        monkeypatch.setenv("LANGFUSE_SECRET_KEY", SECRET_KEY)
        monkeypatch.setenv("LANGFUSE_BASE_URL", server.url)
        yield server


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    made = fresh_url(getattr(request, "param", "sqlite"), tmp_path)
    monkeypatch.setenv("DATABASE_URL", made)
    return made


@pytest.fixture
def export(langfuse: ReadableLangfuse, url: str) -> Iterator[Export]:
    with opened(url) as books:
        yield Export(langfuse, books)


def at(page: int, act: Callable[[], None]) -> Callable[[int], None]:
    """Do something when a page is asked for."""

    def told(number: int) -> None:
        if number == page:
            act()

    return told


def test_an_export_says_in_a_line_what_it_brought(
    langfuse: ReadableLangfuse, export: Export, capfd: pytest.CaptureFixture[str]
) -> None:
    langfuse.observations += [foreign(number, start=BEGAN) for number in (1, 2)]

    status = main(["analytics", "export", "--hours", "2"])

    out, err = capfd.readouterr()
    assert (status, out, len(export.ids())) == (0, "", 2)
    assert err == (
        "quartet: 2 observations of 2026-11-21 07:00 to 2026-11-21 08:59 UTC read: "
        "3 rows inserted, 0 updated, 0 unchanged\n"
    )


@pytest.mark.parametrize(
    ("options", "start", "end"),
    [
        pytest.param(["--start", "2026-11-20"], "2026-11-20T00:00", "2026-11-21T08:59", id="from a day on"),
        pytest.param([*DAY], "2026-11-21T00:00", "2026-11-21T08:59", id="today, as far as it has come"),
        pytest.param(
            ["--start", "2026-11-19", "--end", "2026-11-19"], "2026-11-19T00:00", "2026-11-20T00:00", id="a day"
        ),
        pytest.param(
            ["--start", "2026-11-20T10:00+02:00", "--end", "2026-11-20T09:30"],
            "2026-11-20T08:00",
            "2026-11-20T09:30",
            id="times, with a zone and without",
        ),
        pytest.param([], "2026-10-22T08:59", "2026-11-21T08:59", id="nothing said, for the first time"),
    ],
)
def test_the_time_that_was_named_is_read(
    langfuse: ReadableLangfuse, export: Export, options: list[str], start: str, end: str
) -> None:
    assert main(["analytics", "export", *options]) == 0

    asked = [request.query for request in langfuse.requests if request.path.endswith("/v2/observations")]
    assert (asked[0]["fromStartTime"], asked[-1]["toStartTime"]) == (f"{start}:00Z", f"{end}:00Z")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--hours", "2", "--start", "2026-11-20"], "leave it out, or --start and --end"),
        (["--watch", "5", "--end", "2026-11-20"], "leave --start and --end out, or --watch"),
        (["--start", "2026-11-21T10:00", "--end", "2026-11-21T09:00"], "swap them"),
        (["--start", "yesterday"], "--start takes a date or a time such as 2026-11-21"),
        (["--start", "0026-11-01"], "--start '0026-11-01' is no time in which Langfuse has seen anything"),
        (["--end", "9999-12-31"], "--end '9999-12-31' is no time in which Langfuse has seen anything"),
        (["--hours", "-1"], "--help tells how"),
    ],
)
def test_options_that_cannot_be_meant_are_refused_before_anything_is_asked(
    langfuse: ReadableLangfuse, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    assert main(["analytics", "export", *options]) == 2

    assert words in capsys.readouterr().err
    assert langfuse.requests == []


def test_without_keys_the_cure_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analytics", "export"]) == 2

    assert "set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY" in capsys.readouterr().err


def test_without_the_extra_the_cure_is_named(
    langfuse: ReadableLangfuse, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "langfuse.api.client", None)

    assert main(["analytics", "export"]) == 2

    assert "pip install 'quartet-review[langfuse]'" in capsys.readouterr().err
    assert langfuse.requests == []


def test_wrong_keys_are_a_matter_of_configuration(
    langfuse: ReadableLangfuse, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGFUSE_SECRET_KEY", "sk-lf-of-somebody-else")

    assert main(["analytics", "export"]) == 2

    err = capsys.readouterr().err
    assert "refuses the keys (401)" in err
    assert "somebody-else" not in err
    assert err.count("\n") == 1


def test_a_langfuse_that_cannot_be_read_to_the_end_is_a_failure(
    langfuse: ReadableLangfuse, export: Export, capsys: pytest.CaptureFixture[str]
) -> None:
    langfuse.observations.append(foreign(1, start=BEGAN - timedelta(hours=3)))
    langfuse.refusals = [None, json_reply({}, status=429, headers={"retry-after": "4000"})]

    status = main(["analytics", "export", "--hours", "5"])

    assert status == 3
    assert "what has been read is kept, export again later" in capsys.readouterr().err
    assert [run["status"] for run in export.runs] == ["failed"]


@on_both_engines
def test_an_export_that_was_killed_is_found_by_the_next_one_which_brings_the_rest(
    langfuse: ReadableLangfuse, export: Export
) -> None:
    langfuse.page = 2
    langfuse.observations += [foreign(number, start=BEGAN, trace=number) for number in range(1, 10)]
    since = ("--start", "2026-11-21T08:00")
    with running(*COMMAND, *since) as program:
        langfuse.before_page = at(3, program.process.kill)
        assert program.end() == -signal.SIGKILL
    half, during = export.ids(), export.ends()

    langfuse.before_page = lambda _: None
    status = main(["analytics", "export", *since])

    assert (len(half), during) == (4, [("running", None)])
    assert status == 0
    assert export.ids() == [f"{number:016x}" for number in range(1, 10)]
    assert export.ends() == [("failed", KILLED), ("completed", None)]


@on_both_engines
def test_two_exports_at_once_bring_each_row_once(langfuse: ReadableLangfuse, url: str) -> None:
    langfuse.page = 20
    langfuse.observations += [foreign(number, start=BEGAN, trace=number // 3 + 1) for number in range(1, 101)]
    both = threading.Barrier(2)
    langfuse.before_page = lambda number: number in (1, 2) and both.wait(30)

    def one(_: int) -> Exported:
        with opened(url) as mine:
            return Export(langfuse, mine)(Wanted(start=BEGAN - timedelta(hours=1), end=BEGAN + timedelta(minutes=30)))

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(one, range(2)))

    with opened(url) as books:
        export = Export(langfuse, books)
        inserted = sum(each.written.inserted for each in done)
        assert len(export.ids()) == 100
        assert inserted == 100 + len(export.rows(llm_traces))
        assert sum(row["calls"] for row in export.rows(agent_task_results)) == 100
        assert [row["status"] for row in export.runs] == ["completed", "completed"]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_watch_ends_after_the_page_under_way(
    langfuse: ReadableLangfuse, export: Export, ending: signal.Signals
) -> None:
    langfuse.page = 2
    langfuse.observations += [foreign(number, start=BEGAN) for number in range(1, 10)]
    with running(*COMMAND, "--watch", "60", "--hours", "1.5") as program:
        langfuse.before_page = at(2, functools.partial(program.process.send_signal, ending))
        heard = program.rest()
        assert program.end() == 0

    assert heard.splitlines()[-1] == "quartet: ended; the next export goes on from here"
    assert 2 <= len(export.ids()) <= 4
    assert export.ends() == [("failed", "it was stopped before its end")]


def test_a_watch_goes_on_after_a_failure(langfuse: ReadableLangfuse, export: Export) -> None:
    langfuse.observations.append(foreign(1, start=BEGAN))
    langfuse.refusals = [json_reply({}, status=429, headers={"retry-after": "4000"})]
    with running(*COMMAND, "--watch", "0.01", "--hours", "1.5") as program:
        program.hear("does not take the request (429)")
        langfuse.until(lambda: langfuse.reads > 0, "the second round asks again")
        program.hear("2 rows inserted")
        status = program.end(signal.SIGTERM)

    assert (status, len(export.ids())) == (0, 1)
    assert [run["status"] for run in export.runs] == ["failed", "completed"]


def test_a_terminal_sees_a_bar(
    langfuse: ReadableLangfuse, url: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    langfuse.observations.append(foreign(1, start=BEGAN))

    assert main(["analytics", "export", *DAY]) == 0

    assert "Exporting" in capfd.readouterr().err
