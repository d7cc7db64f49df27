"""The step of a workflow: environment and event in; review, reports, outputs, summary and an exit status out."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import replace

from app.action.ending import Ending, failed
from app.action.inputs import Inputs, read_inputs
from app.action.interruption import Interruption, interruptible
from app.action.occasions import read_occasion
from app.action.outcome import SKIPPED, Outcome
from app.action.outputs import write_outputs
from app.action.room import opened, with_inputs
from app.action.runner import Runner
from app.action.summary import notices, summary_of, write_summary
from app.action.work import STOPPED, Work
from app.action.workflow_commands import Console
from app.errors import AppError, OutputLost
from app.github.deliveries import Ignored
from app.review_publishing import PERMISSION as POSTS
from app.settings import read_settings

_SECRETS = ("github_token", "openai_api_key", "anthropic_api_key", "gemini_api_key", "database_url", "redis_url")


def run() -> int:
    """Do what the event asks for.

    Returns:
        The exit status: 0, 1 for a finding that fails it, 2 for a fault of what was set, 3 for no review.
    """
    runner = Runner()
    console = Console(_print, on_runner=runner.github_actions)
    with interruptible() as interruption:
        step = _Step(runner, console, interruption)
        with interruption.leaving(step.leave):
            ending = step.whole()
        return step.close(ending)


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


class _Step:
    """One run, from its inputs to its end."""

    def __init__(self, runner: Runner, console: Console, interruption: Interruption) -> None:
        self._runner, self._console, self._interruption = runner, console, interruption
        self._inputs = Inputs.model_construct()
        self._outcome = Outcome(None, (), hand_on=self._hand_on)
        self._work: Work | None = None

    def whole(self) -> Ending:
        """Everything but the last words."""
        try:
            self._inputs = inputs = read_inputs()
            for secret in filter(None, (inputs.settings().get(name) for name in _SECRETS)):
                self._console.mask(secret.get_secret_value())
            self._outcome = Outcome(self._runner.out, inputs.format, hand_on=self._hand_on, number=inputs.pull_request)
            with self._console.quiet():
                return self._done(inputs)
        except AppError as error:
            return failed(error)
        except Exception as error:  # noqa: BLE001 - the outermost edge: a traceback is never what a user should see
            if os.environ.get("QUARTET_DEBUG"):
                traceback.print_exc()
            reason = f"internal error: {type(error).__name__}; set QUARTET_DEBUG=1 to see where, and please report it"
            return failed(AppError(reason))

    def _done(self, inputs: Inputs) -> Ending:
        runner = self._runner
        occasion = read_occasion(runner.github_event_name, runner.github_event_path, number=inputs.pull_request)
        if isinstance(occasion, Ignored):
            return Ending(word=SKIPPED, line=f"nothing to do: {occasion.reason}")
        settings = with_inputs(read_settings(), inputs)
        until = time.time() + settings.quartet_review_deadline_seconds
        with opened(
            settings,
            inputs,
            temporary=runner.runner_temp,
            say=self._console.say,
            lacking=self._outcome.lack,
            interruption=self._interruption,
            witness=self._outcome,
            until=until,
        ) as services:
            self._work = Work(
                services,
                inputs=inputs,
                runner=runner,
                outcome=self._outcome,
                interruption=self._interruption,
                until=until,
            )
            return self._work.done(occasion)

    def close(self, ending: Ending) -> int:
        """The last words: summary, annotations, outputs; the exit status."""
        console, outcome, inputs = self._console, self._outcome, self._inputs
        ending = replace(ending, line=inputs.in_their_words(ending.line))
        console.resume()
        console.say(ending.line)
        for said in notices(outcome.missing):
            console.annotate("warning", said, {"title": "Quartet lacks a permission"})
        if ending.problem:
            console.annotate("error" if ending.status else "warning", ending.line, {"title": "Quartet"})
        self._annotate(inputs)
        lost = [outcome.lost] if outcome.lost is not None else []
        for hand_on in (self._conclude, self._summarise):
            try:
                hand_on(ending)
            except OutputLost as error:
                lost.append(error)
        for said in dict.fromkeys(map(str, lost)):
            console.annotate("error", said, {"title": "Quartet"})
        return ending.status or (lost[0].exit_status if lost else 0)

    def _conclude(self, ending: Ending) -> None:
        self._outcome.conclude(ending.word)

    def _summarise(self, ending: Ending) -> None:
        write_summary(self._runner.github_step_summary, summary_of(self._outcome, ending.line))

    def leave(self) -> None:
        """End at once: the runner is about to kill this process, and an answer is still awaited."""
        status = self.close(STOPPED)
        try:
            if self._work is not None:
                self._work.withdraw()
        except AppError as error:
            self._console.say(f"the check could not be ended: {error}")
        finally:
            os._exit(status)

    def _annotate(self, inputs: Inputs) -> None:
        verdict = self._outcome.verdict
        posted = inputs.post and POSTS not in self._outcome.missing and self._outcome.number is not None
        if verdict is None or inputs.annotations == "false" or (inputs.annotations == "auto" and posted):
            return
        for each in verdict.annotations:
            kind = {"failure": "error", "warning": "warning"}.get(str(each["annotation_level"]), "notice")
            place = {"file": each["path"], "line": each["start_line"], "endLine": each["end_line"]}
            self._console.annotate(kind, str(each["message"]), {**place, "title": each["title"]})

    def _hand_on(self, values: Mapping[str, str]) -> None:
        write_outputs(self._runner.github_output, values)
