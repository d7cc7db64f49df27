"""A command's question to a model: under the caps of the repository, and noted among what the pull request cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import wiring
from app.accounts import Account
from app.commands.command import NotUnderstood
from app.prose import Prose, ProseQuestion, ReplyT, ask
from app.recording import recording
from app.review_wishes import wishes_of
from llm_runtime.analytics.records import Source
from llm_runtime.scheduling.ledger import Priority

if TYPE_CHECKING:
    from app.commands.desk import Desk


def ask_model(desk: Desk, question: ProseQuestion[ReplyT]) -> Prose[ReplyT]:
    """Ask the models of the first reviewer, one after the other until one answers.

    Args:
        desk: Of the comment.
        question: What is asked.

    Raises:
        NotUnderstood: There is no model to ask.
        Misconfigured: The configuration cannot be used.
        LLMError: None of them answered; what that cost is noted all the same.
    """
    settings, config = desk.services.settings, desk.effective.config
    wishes = wishes_of(config, settings)
    first = next(iter(wishes.models), None)
    if first is None:
        raise NotUnderstood("There is no model to ask: this Quartet has no key for any.")
    account = Account(
        repository=desk.name,
        review=str(desk.pull),
        installation=str(desk.comment.repository.installation),
        max_cost_per_day=config.max_cost_per_day,
        max_cost_per_month=config.max_cost_per_month,
        work="command",
        number=desk.number,
        head=desk.fetched.snapshot.target.head,
    )
    chain, say = {first: wishes.models[first]}, desk.services.say
    with recording(settings, account, source=Source.APP, notify=say) as recorder:
        company = wiring.Company(priority=Priority.INTERACTIVE, observers=desk.services.observers, recorder=recorder)
        with wiring.llms(chain, settings, wishes.max_cost_usd, account, notify=say, company=company) as llms:
            return ask(llms[first], question, hidden=settings.secrets)
