"""What ``quartet analytics export`` does once its options are known: read Langfuse, write SQL, once or ever again."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from app.cli.analytics_export import ExportOptions
from app.cli.analytics_export_shown import summary, watching
from app.cli.exit_status import OK
from app.cli.progress import say
from app.errors import ExportFailed, Misconfigured, StoreDown
from app.recording import books
from app.settings import Settings, read_settings
from llm_runtime.analytics.langfuse.errors import KeysRefused, LangfuseError, ReadingRefused, Stopped
from llm_runtime.analytics.langfuse.exporter import Exporter, Wanted
from llm_runtime.analytics.langfuse.reading import LangfuseReader
from llm_runtime.clock import SystemClock

if TYPE_CHECKING:
    from llm_runtime.analytics.books import Books


def run(options: ExportOptions) -> int:
    """Export as the options say.

    Returns:
        The exit status.

    Raises:
        AppError: What kept it from being done, in one line.
    """
    settings = read_settings()
    stop = threading.Event()
    with _reader(settings, stop) as reader, closing(books(settings)) as opened:
        if options.watch_minutes is None:
            _export(options, reader, opened)
            return OK
        with _stopping(stop):
            _watch(options, reader, opened, stop)
    return OK


def _watch(options: ExportOptions, reader: LangfuseReader, books: Books, stop: threading.Event) -> None:
    """Until somebody has enough; what may be better the next time is said, and tried again then."""
    assert options.watch_minutes is not None  # noqa: S101 - the caller has seen to it
    pause = timedelta(minutes=options.watch_minutes).total_seconds()
    say(f"exporting every {options.watch_minutes:g} minutes; end it with Ctrl-C")
    while not stop.is_set():
        try:
            _export(options, reader, books)
        except Stopped:
            break
        except (ExportFailed, StoreDown) as error:
            say(str(error))
        SystemClock().wait(stop, pause)
    say("ended; the next export goes on from here")


def _export(options: ExportOptions, reader: LangfuseReader, books: Books) -> None:
    wanted = Wanted(
        start=options.start,
        end=options.end,
        back=None if options.hours is None else timedelta(hours=options.hours),
    )
    with watching() as watch:
        exporter = Exporter(books, reader, overlap=timedelta(hours=options.overlap_hours), watch=watch)
        with _in_our_words():
            exported = exporter.export(wanted)
    say(summary(exported))


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except Stopped:
        raise
    except (KeysRefused, ReadingRefused) as error:
        raise Misconfigured(str(error)) from error
    except LangfuseError as error:
        raise ExportFailed(str(error)) from error


def _reader(settings: Settings, stop: threading.Event) -> LangfuseReader:
    if not settings.langfuse_public_key or not settings.langfuse_secret_key:
        msg = (
            "there is no Langfuse to read: set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY, and LANGFUSE_BASE_URL "
            "where it is not Langfuse's cloud in the EU"
        )
        raise Misconfigured(msg)
    try:
        return LangfuseReader(
            public_key=settings.langfuse_public_key,
            secret_key=settings.langfuse_secret_key.get_secret_value(),
            base_url=settings.langfuse_base_url,
            stop=stop,
            notify=say,
        )
    except ModuleNotFoundError as error:
        msg = "Langfuse is read with its SDK, which is missing: pip install 'quartet-review[langfuse]'"
        raise Misconfigured(msg) from error


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM let the page under way be written, and then end it; a second Ctrl-C ends it at once."""

    def end(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, before[number])

    before: dict[int, Callable[..., object] | int | None] = {
        number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
