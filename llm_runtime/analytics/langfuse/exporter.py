"""Langfuse in, SQL out: a time's observations page by page, each once, and what is there already stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from llm_runtime.analytics.books import Books, Written
from llm_runtime.analytics.langfuse.errors import LangfuseError, Stopped
from llm_runtime.analytics.langfuse.importing import COUNTED, import_scores, import_traces
from llm_runtime.analytics.langfuse.liveness import take_turns
from llm_runtime.analytics.langfuse.pages import Project
from llm_runtime.analytics.langfuse.reading import LangfuseReader
from llm_runtime.analytics.langfuse.runs import (
    COMPLETED,
    FAILED,
    STOPPED,
    Run,
    Window,
    last_completed,
    running,
    watermark,
)
from llm_runtime.analytics.langfuse.wire_back import told_by
from llm_runtime.clock import Clock, SystemClock

OVERLAP = timedelta(hours=6)
"""What is read again before the last export's end. A span is sent when it ends, under the time when it began, and a job
of GitHub Actions may take six hours (docs.github.com/actions/reference/limits); what Langfuse shows late, 15 minutes at
most (langfuse.com/docs/api-and-data-platform/features/observations-api), and clocks that differ are less than that."""

LAG = timedelta(minutes=1)
"""What is too young to be read: who writes here and to Langfuse shall have written here first."""

FIRST = timedelta(days=30)
"""How far back the first export goes."""

_VERDICTS = timedelta(days=30)
"""People judge a finding days after the review, and Langfuse keeps a score under the review's time; so once a day the
scores of so long are read again."""

_FIRST_SLICE, _SHORTEST, _LONGEST = timedelta(hours=1), timedelta(minutes=5), timedelta(days=7)
_FEW, _MANY = 1, 10
"""Pages of a slice: where there are so few, the next one may be longer; where so many, it is to be shorter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which time is to be exported.

    Attributes:
        start: From when on; None is where the last export ended, less an overlap, or 30 days ago where none did.
        end: Until when; None is now, less what is too young.
        back: How long before now it starts, instead of ``start``.
    """

    start: datetime | None = None
    end: datetime | None = None
    back: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """How far an export has got.

    Attributes:
        window: What it is to read.
        until: All that began before has been read.
        read: Observations so far.
        written: What became of the rows.
    """

    window: Window
    until: datetime
    read: int
    written: Written

    @property
    def share(self) -> float:
        """How much of the time has been read, from 0 to 1."""
        whole = (self.window.end - self.window.start).total_seconds()
        return (self.until - self.window.start).total_seconds() / whole if whole else 1.0


class Exporter:
    """Exports one project of Langfuse's into one database; two of them, in whichever processes, may do so at once.

    A time is cut into slices, the oldest first, longer where there is little. A page's rows are one transaction; the
    last page of a slice moves the watermark in the same one. So whatever ends an export, all before the watermark is
    there, and the next one goes on from it.

    Args:
        books: Where rows go.
        reader: Where they come from.
        overlap: What is read again before the last export's end.
        lag: What is too young to be read.
        clock: The time, for rows of exports; by default the machine's.
        watch: Told of every page.
    """

    def __init__(
        self,
        books: Books,
        reader: LangfuseReader,
        *,
        overlap: timedelta = OVERLAP,
        lag: timedelta = LAG,
        clock: Clock | None = None,
        watch: Callable[[Exported], None] = lambda _: None,
    ) -> None:
        self._books = books
        self._reader = reader
        self._overlap, self._lag = overlap, lag
        self._clock = clock or SystemClock()
        self._watch = watch

    def export(self, wanted: Wanted) -> Exported:
        """Export a time.

        Raises:
            LangfuseError: Langfuse cannot be read to the end; what came before is there.
            Exception: The database's ``faults.down``; as above.
        """
        project = self._reader.project()
        source = f"langfuse {project.id}"
        with self._books.database.reading() as connection:
            reached, last = watermark(connection, source), last_completed(connection, source)
        window = self._window(wanted, reached, project)
        scores = self._scores(wanted, window, last)
        with running(self._books.database, source, window, self._clock.now) as run:
            try:
                exported = self._read(run, window, scores, reached)
            except (Stopped, KeyboardInterrupt):
                self._fail(run, STOPPED)
                raise
            except (LangfuseError, self._books.database.faults.down) as error:
                self._fail(run, str(error))
                raise
            except BaseException as error:
                self._fail(run, type(error).__name__)
                raise
            run.end(COMPLETED, self._clock.now())
        return exported

    def _window(self, wanted: Wanted, reached: datetime | None, project: Project) -> Window:
        """By the server's clock, for ours may be wrong."""
        youngest = project.now - self._lag
        # Nothing is there yet of a time to come, so the watermark must not reach it.
        end = min(wanted.end or youngest, youngest)
        if wanted.start is not None:
            start = wanted.start
        elif wanted.back is not None:
            start = project.now - wanted.back
        elif reached is None or reached > end + self._overlap:
            # A watermark that is far in the future comes of a clock that was wrong, and tells nothing.
            start = end - FIRST
        else:
            start = min(reached, end) - self._overlap
        return Window(min(start, end), end)

    def _scores(self, wanted: Wanted, window: Window, last: Window | None) -> Window:
        if wanted.start is not None:
            return window
        if last is not None and last.end.date() == window.end.date():
            return Window(min(window.start, last.end - self._overlap), window.end)
        return Window(min(window.start, window.end - _VERDICTS), window.end)

    def _read(self, run: Run, window: Window, scores: Window, reached: datetime | None) -> Exported:
        exported = Exported(window=window, until=window.start, read=0, written=Written())
        length = _FIRST_SLICE
        while exported.until < window.end:
            part = Window(exported.until, min(exported.until + length, window.end))
            exported, pages = self._read_slice(run, part, exported, reached)
            length = _next_length(length, pages)
        # What they are about is there by now. They have no watermark: those of the last completed export count.
        return self._read_scores(run, scores, exported)

    def _read_slice(self, run: Run, part: Window, exported: Exported, reached: datetime | None) -> tuple[Exported, int]:
        pages = 0
        for page in self._reader.observations(part.start, part.end):
            pages += 1
            told = told_by(page.rows)
            with self._books.database.writing() as connection:
                take_turns(connection)
                written = import_traces(connection, self._books, told, now=self._clock.now())
                run.wrote(connection, written, _moved(part, exported.window, reached) if page.last else None)
            exported = Exported(
                window=exported.window,
                until=part.end if page.last else exported.until,
                read=exported.read + len(page.rows),
                written=exported.written + written,
            )
            self._watch(exported)
        return exported, pages

    def _read_scores(self, run: Run, window: Window, exported: Exported) -> Exported:
        for page in self._reader.scores([name.value for name in COUNTED], window.start, window.end):
            with self._books.database.writing() as connection:
                take_turns(connection)
                written = import_scores(connection, self._books, page.rows, now=self._clock.now())
                run.wrote(connection, written)
            exported = Exported(
                window=exported.window,
                until=exported.until,
                read=exported.read,
                written=exported.written + written,
            )
        return exported

    def _fail(self, run: Run, reason: str) -> None:
        """Say so in the row; where the database is down, the next export finds it as one that was killed."""
        try:
            run.end(FAILED, self._clock.now(), reason)
        except self._books.database.faults.down:
            return


def _next_length(length: timedelta, pages: int) -> timedelta:
    """How long the next slice may be: enough for a few pages, so that little is read again after a failure."""
    if pages <= _FEW:
        return min(2 * length, _LONGEST)
    return max(length / 2, _SHORTEST) if pages >= _MANY else length


def _moved(part: Window, window: Window, reached: datetime | None) -> datetime | None:
    """Where the watermark stands after a part; nowhere new behind a gap, or where it has been further already."""
    if reached is not None and (window.start > reached or part.end <= reached):
        return None
    return part.end
