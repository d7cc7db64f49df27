"""Values with the fields filled in that a test does not care about."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from llm_runtime.messages import Call, Usage
from reviewers.diff import Diff, FileDiff, FileStatus, Hunk, Line, Side
from reviewers.findings import DroppedFact, Fact, Finding, Location, Severity
from reviewers.review import Coverage, Gap, Review, Skipped, Stage, Target, Untold
from reviewers.verification.values import Dissent, Standing, Verification, Vote

USAGE = Usage(input_tokens=1_200, cached_input_tokens=200, output_tokens=300)


def hunk(*rows: str, old_start: int = 1, new_start: int = 1, section: str = "") -> Hunk:
    """A hunk from the rows of a unified diff: ``hunk(" same", "-before", "+after", old_start=10, new_start=12)``."""
    old, new = old_start, new_start
    lines = []
    for row in rows:
        marker, text = row[:1], row[1:]
        lines.append(Line(text, None if marker == "+" else old, None if marker == "-" else new))
        old += marker != "+"
        new += marker != "-"
    return Hunk(
        old_start=old_start if old > old_start else 0,
        old_count=old - old_start,
        new_start=new_start if new > new_start else 0,
        new_count=new - new_start,
        section=section,
        lines=tuple(lines),
    )


def file_diff(
    path: str = "shop/orders.py",
    *hunks: Hunk,
    old_path: str | None = None,
    status: FileStatus = FileStatus.MODIFIED,
    binary: bool = False,
    old_mode: str | None = None,
    new_mode: str | None = None,
    unseen_lines: int = 0,
) -> FileDiff:
    return FileDiff(
        path=path,
        old_path=old_path,
        status=status,
        hunks=hunks,
        binary=binary,
        old_mode=old_mode,
        new_mode=new_mode,
        unseen_lines=unseen_lines,
    )


def added_file(path: str, text: str) -> FileDiff:
    """A new file with that text."""
    rows = [f"+{line}" for line in text.removesuffix("\n").split("\n")] if text else []
    return file_diff(path, *([hunk(*rows)] if rows else []), status=FileStatus.ADDED, new_mode="100644")


def diff(*files: FileDiff) -> Diff:
    """These files, or, when none is given, one modified file in which ``total`` reaches a query."""
    return Diff(files or (ORDERS,))


def location(
    path: str = "shop/orders.py", start_line: int = 12, end_line: int | None = None, side: Side = Side.RIGHT
) -> Location:
    return Location(path=path, start_line=start_line, end_line=end_line or start_line, side=side)


def fact(
    *,
    source: str = "ruff",
    code: str = "S608",
    path: str = "shop/orders.py",
    start_line: int = 12,
    end_line: int | None = None,
    message: str = "Possible SQL injection vector through string-based query construction",
    reviewer: str = "security",
    rule: str = "injection",
    severity: Severity = Severity.HIGH,
    confidence: float = 0.7,
    url: str = "https://docs.astral.sh/ruff/rules/hardcoded-sql-expression",
) -> Fact:
    return Fact(
        source=source,
        code=code,
        path=path,
        start_line=start_line,
        end_line=end_line or start_line,
        message=message,
        reviewer=reviewer,
        rule=rule,
        severity=severity,
        confidence=confidence,
        url=url,
    )


def finding(
    *,
    reviewer: str = "security",
    rule: str = "injection",
    cwe: str | None = "CWE-89",
    severity: Severity = Severity.HIGH,
    confidence: float = 0.9,
    path: str | None = None,
    at: Location | None = None,
    placed: bool = True,
    anchor: str = '    rows = db.execute("select * from orders where name = " + name)',
    title: str = "A customer's name reaches the query",
    message: str = "A name with a quote in it ends the string and changes the query. Bind it as a parameter.",
    suggestion: str | None = None,
    evidence: Iterable[Fact] = (),
    models: Iterable[str] = ("openai/gpt-6.1-sol",),
    also: Iterable[str] = (),
    aliases: Iterable[str] = (),
    occurrence: int = 0,
    stated: float | None = None,
    votes: Iterable[Vote] = (),
    verification: Verification | None = None,
    dissent: Iterable[Dissent] = (),
) -> Finding:
    """A finding on line 12 of ``diff()``; elsewhere with ``at``, nowhere on the diff with ``placed=False``."""
    place = (at or location(path or "shop/orders.py")) if placed else None
    return Finding(
        reviewer=reviewer,
        rule=rule,
        cwe=cwe,
        severity=severity,
        confidence=confidence,
        path=path if path is not None else (place.path if place else "shop/orders.py"),
        location=place,
        anchor=anchor,
        title=title,
        message=message,
        suggestion=suggestion,
        evidence=tuple(evidence),
        models=tuple(models),
        also=tuple(also),
        aliases=tuple(aliases),
        occurrence=occurrence,
        stated=stated,
        votes=tuple(votes),
        verification=verification,
        dissent=tuple(dissent),
    )


def second_look(
    standing: Standing = Standing.CONFIRMED,
    *,
    by: str = "anthropic/claude-sonnet-5-5",
    independence: int = 2,
    quote: str = '    rows = db.execute("select * from orders where name = " + name)',
    reason: str = "The name is put into the query as it is.",
) -> Verification:
    return Verification(standing=standing, by=by, independence=independence, quote=quote, reason=reason)


def call(
    *,
    provider: str = "openai",
    model: str = "gpt-6.1-sol",
    usage: Usage | None = USAGE,
    cost_usd: Decimal | str | None = "0.0125",
    seconds: float = 2.5,
    error: str | None = None,
    detail: str = "",
) -> Call:
    return Call(
        provider=provider,
        model=model,
        usage=usage,
        cost_usd=Decimal(cost_usd) if isinstance(cost_usd, str) else cost_usd,
        seconds=seconds,
        error=error,
        detail=detail,
    )


def failed_call(
    *, provider: str = "openai", model: str = "gpt-6.1-sol", error: str = "RateLimited", detail: str = "429"
) -> Call:
    return call(provider=provider, model=model, usage=None, cost_usd=None, error=error, detail=detail)


def gap(reviewer: str = "performance", path: str = "shop/orders.py", reason: str = "openai did not answer") -> Gap:
    return Gap(reviewer=reviewer, path=path, reason=reason)


def skipped(path: str = "poetry.lock", reason: str = "lock file", lines: int = 40) -> Skipped:
    return Skipped(path=path, reason=reason, lines=lines)


def coverage(changed_lines: int = 4, reviewed_lines: int | None = None, skips: Iterable[Skipped] = ()) -> Coverage:
    """What ``skips`` leaves of ``changed_lines`` is reviewed, unless said otherwise."""
    left_out = tuple(skips)
    reviewed = changed_lines - sum(skip.lines for skip in left_out) if reviewed_lines is None else reviewed_lines
    return Coverage(changed_lines=changed_lines, reviewed_lines=reviewed, skipped=left_out)


def target(
    *,
    kind: str = "pull_request",
    name: str = "octo/shop#7",
    base: str = "b" * 40,
    head: str = "a" * 40,
    title: str = "Find orders by name",
    url: str = "https://github.com/octo/shop/pull/7",
) -> Target:
    return Target(kind=kind, name=name, base=base, head=head, title=title, url=url)


def review(
    *findings: Finding,
    of: Target | None = None,
    looked_at: Coverage | None = None,
    gaps: Iterable[Gap] = (),
    dropped: Iterable[DroppedFact] = (),
    calls: Iterable[Call] | None = None,
    reviewers: Iterable[str] = ("security", "bugs", "performance", "architecture"),
    models_asked: bool = True,
    note: str = "",
    refuted: Iterable[Finding] = (),
    below: Iterable[Untold] = (),
    stages: Iterable[Stage] = (),
) -> Review:
    """A review of ``diff()`` with these findings and one call, or without calls where no model was asked."""
    if calls is None:
        calls = (call(),) if models_asked else ()
    return Review(
        target=of or target(),
        findings=findings,
        coverage=looked_at or coverage(),
        gaps=tuple(gaps),
        dropped=tuple(dropped),
        calls=tuple(calls),
        reviewers=tuple(reviewers),
        models_asked=models_asked,
        note=note,
        refuted=tuple(refuted),
        below_threshold=tuple(below),
        stages=tuple(stages),
    )


ORDERS = file_diff(
    "shop/orders.py",
    hunk(
        " def orders_of(db, name):",
        '     """Orders of one customer, newest first."""',
        '-    rows = db.execute("select * from orders where name = ?", [name])',
        '+    rows = db.execute("select * from orders where name = " + name)',
        "+    if len(rows) > 0:",
        "+        return sorted(rows, key=lambda row: row.placed)[::-1]",
        "     return []",
        " ",
        old_start=10,
        new_start=10,
        section="class Orders:",
    ),
)
