"""A finding is dismissed: remembered for the repository, its threads ended, and the check that it failed made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.analytics.outcomes import results_of_findings
from app.errors import GraphQLRefused, Misconfigured, NotPermitted, NotVisible
from app.github.redaction import redact
from app.github.threads import Thread, minimise, resolve
from app.publishing.markers import decided_marker, markers_of
from app.wishes import Wish
from reviewers.report.visibility import cut

if TYPE_CHECKING:
    from app.commands.desk import Desk
    from app.store.values import StoredFinding

_LONGEST_REASON = 500


def dismiss(desk: Desk, stored: StoredFinding, reason: str) -> None:
    """Dismiss a finding in the name of the comment's author; doing it twice comes to the same."""
    identities = {stored.id, *stored.finding.aliases}
    desk.store.dispose(
        desk.name,
        identities,
        kind="dismissed",
        by=desk.comment.author,
        reason=cut(reason, _LONGEST_REASON),
        number=desk.number,
        title=stored.finding.title,
    )
    shown = redact(cut(reason, _LONGEST_REASON), *desk.services.settings.secrets)
    desk.hidden.append(decided_marker("dismissed", ids=identities, by=desk.comment.author, reason=shown))
    desk.services.record(results_of_findings(desk.store, desk.name, identities))
    for thread in desk.threads:
        told = {marker.fields.get("id") for marker in markers_of(thread.body) if marker.kind == "finding"}
        # A thread may tell several findings; it ends with the last of them.
        if thread.own and told and told <= identities and not thread.resolved:
            _end(desk, thread)
    if _may_have_failed(desk, stored):
        # Nothing is asked again that is remembered; the check may not fail any more.
        wish = Wish(reason="command", comment=desk.comment.comment, head=desk.head)
        desk.services.want(desk.comment.repository, desk.number, wish)


def _may_have_failed(desk: Desk, stored: StoredFinding) -> bool:
    """Whether the check of the present head may have failed by this finding."""
    reviewed = desk.store.last_review(desk.name, desk.number, state="done")
    if reviewed is not None:
        return reviewed.conclusion == "failure" and reviewed.head == desk.head
    if stored.review:
        return False
    # The finding was brought back from GitHub, which does not tell how its review ended.
    try:
        least = desk.effective.config.check.fails_from
    except Misconfigured:
        return False
    if least is None or stored.finding.severity < least:
        return False
    # All that is asked is asked anew then, so only once, when nothing else keeps the check from being green.
    return all(one.finding.severity < least for one in desk.store.open_findings(desk.name, desk.number))


def _end(desk: Desk, thread: Thread) -> None:
    try:
        resolve(desk.client, thread)
    except (NotPermitted, NotVisible, GraphQLRefused):
        _hide(desk, thread)


def _hide(desk: Desk, thread: Thread) -> None:
    """What is usual: resolving needs ``contents: write``, which few owners give."""
    if not thread.node_id or thread.minimised:
        return
    try:
        minimise(desk.client, thread.node_id, "RESOLVED")
    except (NotPermitted, NotVisible, GraphQLRefused):
        return  # the reply says it
