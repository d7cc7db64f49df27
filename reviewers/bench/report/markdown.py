"""A run goes in; tables in Markdown come out, for a terminal, a summary of CI or a README."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from reviewers.bench.report.shown import dollars, interval, seconds, share
from reviewers.report.visibility import cut, readable

if TYPE_CHECKING:
    from reviewers.bench.report.shown import Shown
    from reviewers.bench.results import CaseResult, Tally
    from reviewers.findings import Finding

_TITLE = 120


def render(shown: Shown) -> str:
    """The report."""
    return "\n".join(_lines(shown)) + "\n"


def _lines(shown: Shown) -> Iterator[str]:
    figures = shown.figures
    yield f"# Bench: {_cell(shown.suite)}"
    yield ""
    yield f"{shown.date} · {_models(shown)}" + (" · replayed" if shown.replayed else "")
    if shown.left:
        yield ""
        yield f"**The cap was reached: {shown.left} cases are not in these figures.** Run it again with a higher one."
    yield ""
    yield from _table(
        ("figure", "value (95 % interval)"),
        (
            ("cases", f"{figures.cases}, {figures.clean_cases} of them clean"),
            ("hits · misses · false alarms", f"{figures.tally.hits} · {figures.tally.misses} · {figures.tally.alarms}"),
            ("precision", interval(figures.precision)),
            ("recall", interval(figures.recall)),
            ("F1", interval(figures.f1)),
            ("comments per case", interval(figures.comments)),
            ("clean cases left alone", interval(figures.left_alone)),
            ("cost of the reviews", dollars(figures.cost_usd)),
            (
                "latency, median · 95th percentile",
                f"{seconds(figures.median_seconds)} · {seconds(figures.p95_seconds)}",
            ),
            *_judges(shown),
            *((("unanswered questions", str(figures.gaps)),) if figures.gaps else ()),
        ),
    )
    for view, tallies in figures.by.items():
        if tallies:
            yield ""
            yield from _table(
                (view, "hits", "misses", "false alarms", "precision", "recall", "F1"),
                ((name, *_counts(tally)) for name, tally in tallies.items()),
            )
    yield ""
    yield "## Misses and false alarms"
    yield ""
    faults = [line for result in shown.results for line in _faults(result)]
    yield from faults or ("None.",)


def _judges(shown: Shown) -> Iterator[tuple[str, str]]:
    agreement, figures = shown.agreement, shown.figures
    if shown.judges:
        names = " and ".join(shown.judges)
        yield "judges", f"{names}, {dollars(figures.judging_usd)}"
        agreed = f"{share(agreement.share)} of {agreement.pairs} pairs, Cohen's kappa {share(agreement.kappa)}"
        yield "judges agree", agreed
    if figures.by_place:
        yield "hits by place alone", f"{figures.by_place}: goldens in words, and nobody was asked to judge them"


def _models(shown: Shown) -> str:
    if not shown.models:
        return "no model, evidence alone"
    by_model: dict[str, list[str]] = {}
    for reviewer, model in shown.models.items():
        by_model.setdefault(model, []).append(reviewer)
    return "; ".join(f"{model} ({', '.join(names)})" for model, names in by_model.items())


def _counts(tally: Tally) -> tuple[str, ...]:
    counts = (str(count) for count in (tally.hits, tally.misses, tally.alarms))
    return (*counts, share(tally.precision), share(tally.recall), share(tally.f1))


def _faults(result: CaseResult) -> Iterator[str]:
    for golden in result.matched.misses:
        spot = golden.spots[0]
        yield f"- `{result.case.id}` missed {_cell(golden.rule)} at {_place(spot.path, spot.start_line)}: " + _cell(
            golden.text or "(no words)"
        )
    for finding in result.matched.alarms:
        yield (
            f"- `{result.case.id}` false alarm {finding.reviewer}/{finding.rule} at {_where(finding)}: "
            + _cell(finding.title)
        )


def _where(finding: Finding) -> str:
    return _place(finding.path, finding.location.start_line if finding.location else None)


def _place(path: str, line: int | None) -> str:
    return _cell(path if line is None else f"{path}:{line}")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"


def _cell(text: str) -> str:
    """Text that stays in its cell and in its line, and is no markup."""
    plain = cut(" ".join(readable(text).split()), _TITLE)
    return "".join(f"\\{mark}" if mark in "|<>`[]*_" else mark for mark in plain)
