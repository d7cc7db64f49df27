"""How fast an export brings in what Langfuse has: rows per second, into empty tables and into filled ones.

    python -m tests.benchmarks.analytics.export [--observations 100000] [--engines sqlite postgres]

Langfuse is a server in this process that has its answers ready, so that next to nothing but the export itself is
measured: the SDK, the translation, and the writing. A review has four reviewers with six calls each, four ends of
questions, four spans and a root. The second export reads the same again and finds nothing to change.
"""

from __future__ import annotations

import argparse
import bisect
import json
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from app.store.versions import FAULTS
from llm_runtime.analytics.books import open_books
from llm_runtime.analytics.identity import span_id, trace_id
from llm_runtime.analytics.langfuse import wire
from llm_runtime.analytics.langfuse.exporter import Exporter, Wanted
from llm_runtime.analytics.langfuse.observations import Observation as Told
from llm_runtime.analytics.langfuse.reading import LangfuseReader
from llm_runtime.analytics.records import Trace
from tests.fakes.langfuse import PUBLIC_KEY, SECRET_KEY, Observation
from tests.fakes.langfuse_reading import ReadableLangfuse
from tests.fakes.server import Reply
from tests.llm_runtime.analytics.langfuse import records

_REVIEWERS = ("architecture", "bugs", "performance", "security")
_CALLS = 6
_EVERY = timedelta(minutes=3)


class Library(ReadableLangfuse):
    """Gives ready rows; a cursor is a place among them."""

    def __init__(self, observations: Sequence[Observation]) -> None:
        super().__init__()
        ordered = sorted(observations, key=lambda each: each.start)
        groups = {"basic", "time", "metadata", "model", "usage", "prompt", "metrics", "trace_context"}
        self._starts = [each.start for each in ordered]
        self._rows = [json.dumps(self._observation(each, groups, {"data"})) for each in ordered]
        self.date = ordered[-1].start + timedelta(hours=1)
        self.first = ordered[0].start

    def _read_observations(self, query: dict[str, str]) -> Reply:
        first, end = (
            bisect.bisect_left(self._starts, moment.fromisoformat(query[name]))
            for moment, name in ((type(self.first), "fromStartTime"), (type(self.first), "toStartTime"))
        )
        at = int(query.get("cursor", first))
        after = min(at + int(query["limit"]), end)
        meta = {"cursor": str(after)} if after < end else {}
        body = f'{{"data": [{", ".join(self._rows[at:after])}], "meta": {json.dumps(meta)}}}'
        return Reply(body=body.encode(), headers={"content-type": "application/json"})


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--observations", type=int, default=100_000)
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgres"], choices=["sqlite", "postgres"])
    options = parser.parse_args()
    observations = [each for number in range(options.observations // 33 + 1) for each in _review(number)]
    observations = observations[: options.observations]
    sys.stdout.write(f"Python {platform.python_version()}, {len(observations):,} observations\n")
    with Library(observations) as langfuse, tempfile.TemporaryDirectory() as folder:
        urls = {engine: _url(engine, Path(folder)) for engine in options.engines}
        for when in ("into empty tables", "once more"):
            for engine, url in urls.items():
                sys.stdout.write(f"{engine}, {when}: {_measured(url, langfuse)}\n")
    return 0


def _measured(url: str, langfuse: Library) -> str:
    """An export, in words; what the processor did of it is this process's own, without the database server's."""
    with (
        open_books(url, FAULTS) as books,
        LangfuseReader(public_key=PUBLIC_KEY, secret_key=SECRET_KEY, base_url=langfuse.url) as reader,
    ):
        began, busy = time.perf_counter(), time.process_time()
        done = Exporter(books, reader).export(Wanted(start=langfuse.first))
        took, busy = time.perf_counter() - began, time.process_time() - busy
    written = done.written
    return (
        f"{done.read:,} observations in {took:.1f} s, {busy:.1f} s of the processor, {done.read / took:,.0f} a second; "
        f"rows: {written.inserted:,} inserted, {written.updated:,} updated, {written.unchanged:,} unchanged"
    )


def _review(number: int) -> Iterator[Observation]:
    began = records.BEGAN + number * _EVERY
    trace = records.trace(
        id=trace_id("acme/shop", number), number=number, head=f"{number:040x}", started_at=began, opened_at=began
    )
    for reviewer in _REVIEWERS:
        question = span_id(trace.id, f"question of {reviewer}")
        for call in range(_CALLS):
            generation = records.generation(
                trace=trace.id,
                id=span_id(trace.id, f"{reviewer} {call}"),
                asker=reviewer,
                question=question,
                started_at=began + timedelta(seconds=5 * call),
            )
            yield _sent(wire.generation(generation), trace)
        ended = began + timedelta(seconds=40)
        execution = records.execution(trace=trace.id, question=question, asker=reviewer, ended_at=ended)
        yield _sent(wire.execution(execution), trace)
        yield _sent(wire.reviewer_span(trace.id, reviewer, began, ended), trace)
    yield _sent(wire.root(trace, records.ended(trace=trace.id, ended_at=began + timedelta(seconds=50))), trace)


def _sent(told: Told, trace: Trace) -> Observation:
    """As Langfuse has it once the SDK has sent it."""
    fields = dict(wire.of(trace, told).fields)
    attributes = {
        "langfuse.trace.name": trace.name,
        "langfuse.observation.type": told.kind,
        "langfuse.observation.level": fields.get("level"),
        "langfuse.observation.status_message": fields.get("status_message"),
        "langfuse.observation.model.name": fields.get("model"),
        "langfuse.observation.usage_details": fields.get("usage_details") and json.dumps(fields["usage_details"]),
        "langfuse.observation.cost_details": fields.get("cost_details") and json.dumps(fields["cost_details"]),
        **{
            f"langfuse.observation.metadata.{name}": value if isinstance(value, str) else json.dumps(value)
            for name, value in fields["metadata"].items()
        },
    }
    return Observation(
        name=told.name,
        trace_id=told.trace,
        id=told.id,
        parent=told.parent or "",
        start=told.start,
        end=told.end,
        attributes={name: value for name, value in attributes.items() if value is not None},
    )


def _url(engine: str, folder: Path) -> str:
    if engine == "sqlite":
        return f"sqlite:///{folder / 'quartet.db'}"
    from tests.fakes.postgres_server import postgres  # noqa: PLC0415 - started where it is measured

    return postgres().schema()


if __name__ == "__main__":
    sys.exit(main())
