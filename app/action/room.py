"""What a step works with: the App's services, with a Redis of the step's own and GitHub under the job's token."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.action.configuration import laid_over
from app.action.kept_state import lay_damaged_aside
from app.action.redis import own_redis
from app.action.token_access import TokenAccess
from app.errors import Misconfigured
from app.job_metrics import job_metrics
from app.queue import JobQueue
from app.recording import bookkeeping
from app.services import Services
from app.store.address import store_url
from app.store.store import open_store
from app.turns import Turns
from llm_runtime.analytics.records import Source

if TYPE_CHECKING:
    from app.action.inputs import Inputs
    from app.action.interruption import Interruption
    from app.services import Witness
    from app.settings import Settings

_LOOK_SECONDS = 0.2
"""How often a review that runs looks whether the step is to end: a runner gives it ten seconds."""


def with_inputs(settings: Settings, inputs: Inputs) -> Settings:
    """The environment as the workflow's inputs change it; a push is reviewed at once, as nobody queues behind it."""
    said = dict(inputs.settings())
    if inputs.models:
        said["quartet_models"] = ";".join((settings.quartet_models, *inputs.models))
    return settings.model_copy(update={**said, "quartet_debounce_seconds": 0.0})


@contextmanager
def opened(
    settings: Settings,
    inputs: Inputs,
    *,
    temporary: Path | None,
    say: Callable[[str], None],
    lacking: Callable[[str, str], None],
    interruption: Interruption,
    witness: Witness,
    until: float,
) -> Iterator[Services]:
    """All services of a step; when the block ends, the files of the state directory are whole.

    Args:
        settings: The environment, with the inputs.
        inputs: What the workflow says.
        temporary: A folder of the job's own; by default one of the machine.
        say: Takes one line for the log.
        lacking: Told of a permission that the token does not have, and of GitHub's refusal.
        interruption: Ends what is being done.
        witness: Is told how reviews go.
        until: Seconds since 1970 until when a review may wait for the limits of its models.

    Raises:
        Misconfigured: Something that it needs is not set, or cannot be used.
        StoreDown: The database cannot be used.
        QueueDown: Redis did not start.
    """
    with ExitStack() as stack:
        github = TokenAccess(settings, say=say, lacking=lacking, writes=inputs.post)
        folder = stack.enter_context(_own_folder(temporary))
        url = stack.enter_context(own_redis(folder))
        lay_damaged_aside(settings.state_dir, say=say)
        yield Services(
            settings=settings,
            queue=stack.enter_context(closing(JobQueue(url))),
            turns=stack.enter_context(closing(Turns(url, look_seconds=_LOOK_SECONDS, stop=interruption.happened))),
            store=stack.enter_context(open_store(store_url(settings))),
            github=github,
            observers=job_metrics(),
            record=stack.enter_context(bookkeeping(settings)),
            say=say,
            source=Source.ACTION,
            config_path=inputs.config,
            adjust=lambda found: laid_over(found, inputs),
            no_llm=inputs.no_llm,
            may_park=lambda seconds: time.time() + seconds < until,
            witness=witness,
        )


@contextmanager
def _own_folder(temporary: Path | None) -> Iterator[Path]:
    try:
        folder = tempfile.TemporaryDirectory(prefix="quartet-turns-", dir=temporary, ignore_cleanup_errors=True)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        msg = f"no folder can be made in RUNNER_TEMP ({reason}); set it to one that can be written"
        raise Misconfigured(msg) from error
    with folder as name:
        yield Path(name)
