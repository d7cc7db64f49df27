"""What ``quartet review`` does once its options are known: read the change, review it, write it down, post it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app import wiring
from app.accounts import Account
from app.analytics.brought import brought
from app.cli import screen
from app.cli.diff_input import current_folder, read_diff
from app.cli.dry_run import render_plan
from app.cli.evidence_input import read_reports
from app.cli.exit_status import FOUND, INCOMPLETE, OK
from app.cli.progress import say, watching
from app.cli.review import Format, ReviewOptions, format_of
from app.errors import Misconfigured, NothingToReview, OutputLost
from app.git import GitRepository
from app.learnings import parse_learnings
from app.local_changes import Change, change_in_diff, change_in_repository
from app.recording import recording
from app.repo_config import CONFIG_PATH, RepoConfig, parse_config
from app.review_wishes import NO_KEY, NOT_WANTED, as_if_with_keys, wishes_of, worth_fetching
from app.reviewing import Prepared, prepare, review
from app.settings import Settings, read_settings
from app.tools import run_tools
from reviewers.findings import Severity
from reviewers.panel import STOPPED
from reviewers.report import REPORTS, wording
from reviewers.review import Review

if TYPE_CHECKING:
    from app.github.addresses import PullRequestId
    from app.github.client import GitHubClient
    from llm_runtime.analytics.recorder import Recorder
    from llm_runtime.llm import LLM


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A change and, where it is a pull request, the way back to it."""

    change: Change
    client: GitHubClient | None = None
    pull: PullRequestId | None = None


def run(options: ReviewOptions) -> int:
    """Review as the options say.

    Returns:
        The exit status (design §6.1).

    Raises:
        AppError: What kept it from being done, in one line.
    """
    with ExitStack() as stack:
        return _run(options, stack)


def _run(options: ReviewOptions, stack: ExitStack) -> int:
    settings = read_settings()
    reports = read_reports(options.evidence)
    source = _read(options, settings, stack)
    snapshot = source.change.snapshot
    if not snapshot.diff.files and not snapshot.unlisted:
        raise NothingToReview(_nothing(options, snapshot.target.name))
    config = _config(source.change)
    learnings, faults = parse_learnings(source.change.learnings)
    for fault in faults:
        say(str(fault))
    wishes = wishes_of(
        config,
        settings,
        names=options.reviewers,
        models=options.models,
        no_llm=options.no_llm,
        max_cost=options.max_cost_usd,
        learnings=learnings,
        low_evidence=options.low_evidence,
        reports=reports,
    )
    planning = wishes if wishes.models or not options.dry_run else as_if_with_keys(wishes, config)
    # The SDKs take a second to load, most of it on one core; the tools work on the other meanwhile.
    account = Account(
        repository=_repository(source),
        review=snapshot.target.name,
        max_cost_per_day=config.max_cost_per_day,
        max_cost_per_month=config.max_cost_per_month,
        number=source.pull.number if source.pull else None,
        head=snapshot.target.head,
    )
    recorder = stack.enter_context(recording(settings, account, notify=say))
    company = wiring.Company(recorder=recorder)
    llms = functools.cache(
        lambda: stack.enter_context(
            wiring.llms(wishes.connections, settings, wishes.max_cost_usd, account, notify=say, company=company)
        )
    )
    run_tools_meanwhile = run_tools if options.dry_run else functools.partial(run_tools, meanwhile=llms)
    prepared = prepare(snapshot, planning, run_tools=run_tools_meanwhile, calculator=wiring.calculator())
    if options.dry_run:
        return _print_plan(prepared, remark="" if wishes.models else _without_models(options))
    done = _review(prepared, llms(), options, recorder)
    if prepared.plan is not None:
        recorder.brought(brought(done, recorder.trace.id))
        recorder.finish(_ending(done))
    # The report comes before the post, and its loss after it: neither failure takes the other's work away.
    lost = _write(done, prepared, options)
    if options.post:
        posted = _post(done, prepared, source, config)
        if posted and prepared.plan is not None:
            recorder.finish(_ending(done), posted=True)
    if lost:
        raise lost
    return _status(done, options.fail_on or config.fail_on)


def _read(options: ReviewOptions, settings: Settings, stack: ExitStack) -> _Source:
    if options.pr:
        client = stack.enter_context(wiring.github(settings, notify=say))
        return _read_pull_request(options.pr, client)
    here = current_folder()
    if options.diff:
        data = read_diff(options.diff)
        name = "standard input" if options.diff == "-" else Path(options.diff).name
        return _Source(change=change_in_diff(data, name, here))
    return _Source(change=change_in_repository(GitRepository.around(here), base=options.base, head=options.head))


def _read_pull_request(text: str, client: GitHubClient) -> _Source:
    from app.github.addresses import parse_pull_request  # noqa: PLC0415 - PyGithub is loaded for pull requests only
    from app.github.snapshot import fetch_snapshot  # noqa: PLC0415
    from app.github.surroundings import with_surroundings  # noqa: PLC0415

    pull = parse_pull_request(text, client.address)
    fetched = fetch_snapshot(client, pull, wanted=worth_fetching)
    if parse_config(fetched.config).context.max_tokens:
        fetched = with_surroundings(client, fetched)
    change = Change(snapshot=fetched.snapshot, config=fetched.config, learnings=fetched.learnings)
    return _Source(change=change, client=client, pull=fetched.pull)


def _repository(source: _Source) -> str:
    """What a cap for a repository goes by: its name on GitHub, else that of the folder."""
    if source.pull is not None:
        return f"{source.pull.owner}/{source.pull.repo}"
    return current_folder().resolve().name


def _nothing(options: ReviewOptions, name: str) -> str:
    if options.diff:
        return f"nothing to review: {name} holds no changed file; make one with git diff"
    if options.pr:
        return f"nothing to review: {name} changes no file"
    return f"nothing to review: there is no change in {name}; name another --base, or change something"


def _config(change: Change) -> RepoConfig:
    for text in change.other_configs:
        parse_config(text)
        say(f"{CONFIG_PATH} is changed here; until that is merged, the one of the base branch is in force")
    return parse_config(change.config, change.config_source)


def _without_models(options: ReviewOptions) -> str:
    return NOT_WANTED if options.no_llm else NO_KEY


def _print_plan(prepared: Prepared, *, remark: str) -> int:
    if prepared.plan:
        wishes = prepared.wishes
        text = render_plan(
            prepared.snapshot.target,
            prepared.plan,
            prepared.evidence,
            wishes.models,
            verifiers=wishes.verifiers,
            remark=remark,
        )
        screen.write(text)
    return 0


def _review(prepared: Prepared, llms: Mapping[str, LLM], options: ReviewOptions, recorder: Recorder) -> Review:
    tasks = prepared.plan.tasks if prepared.plan else ()
    with watching(len(tasks)) as on_end:
        made = review(prepared, llms, on_end=on_end, without_models=_without_models(options), recorder=recorder)
        return made.review


def _write(done: Review, prepared: Prepared, options: ReviewOptions) -> OutputLost | None:
    """Show the review, and write it where it is wanted; what could not be written is shown in full instead."""
    format_, diff = format_of(options), prepared.snapshot.diff
    if options.output is None and format_ is Format.TEXT:
        screen.show(done, diff)
        return None
    text = REPORTS[format_.value].render(done, diff)
    if options.output is None:
        screen.write(text)
        return None
    try:
        options.output.write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        screen.write(text)
        reason = error.strerror or type(error).__name__
        return OutputLost(
            f"--output {options.output} could not be written ({reason}); it is on standard output instead"
        )
    screen.show(done, diff)
    say(f"the {format_.value} report is in {options.output}")
    return None


def _ending(done: Review) -> str:
    """How a review ended, for those who keep books."""
    if _was_stopped(done):
        return "cancelled"
    answered = any(call.error is None for call in done.calls)
    return "done" if answered or not done.calls else "failed"


def _was_stopped(done: Review) -> bool:
    return any(gap.reason == STOPPED for gap in done.gaps)


def _post(done: Review, prepared: Prepared, source: _Source, config: RepoConfig) -> bool:
    """Publish a review, unless somebody has stopped it; whether it was published."""
    if _was_stopped(done):
        say("stopped, so nothing is posted; run it again to post the whole review")
        return False
    from app.publishing.publish import publish  # noqa: PLC0415 - PyGithub is loaded for pull requests only

    if source.client is None or source.pull is None:
        msg = "--post needs a pull request to post to; name it with --pr URL"
        raise Misconfigured(msg)
    posted = publish(source.client, source.pull, done, prepared.snapshot.diff, inline_limit=config.max_findings)
    say(posted.line)
    return True


def _status(done: Review, threshold: str | None) -> int:
    if threshold and done.worst is not None and done.worst >= Severity.of(threshold):
        return FOUND
    if not done.gaps:
        return OK
    reasons = list(dict.fromkeys(gap.reason for gap in done.gaps))
    more = f" (and {wording.counted(len(reasons) - 1, 'other reason')})" if len(reasons) > 1 else ""
    say(f"the review is incomplete: {len(done.gaps)} unanswered: {reasons[0]}{more}")
    return INCOMPLETE
