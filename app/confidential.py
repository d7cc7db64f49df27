"""A review in; the same review out, without the keys of this program and without what has the form of a key.

A model that is talked into it may repeat what it was shown or has guessed. None of it is to reach a page that others
read, whoever asked for it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from app.github.redaction import redact
from reviewers.firewall.secrets import masked

if TYPE_CHECKING:
    from reviewers.findings import DroppedFact, Finding
    from reviewers.review import Gap, Review


def without_secrets(review: Review, secrets: Collection[str]) -> Review:
    """The review with every secret in what models and tools said of the change replaced by a word.

    The code that a finding stands on is left as it is: it is in the change for everybody to read.

    Args:
        review: What is to be told.
        secrets: This program's own, and those that stand in the change; what has the form of a vendor's key is taken
            out in any case.
    """

    def clean(text: str) -> str:
        return masked(redact(text, *secrets))

    def finding(said: Finding) -> Finding:
        return replace(
            said,
            title=clean(said.title),
            message=clean(said.message),
            # Code with a word in place of a token is not what was meant to be committed.
            suggestion=said.suggestion
            if said.suggestion is None or clean(said.suggestion) == said.suggestion
            else None,
            anchor=said.anchor if said.location is not None else clean(said.anchor),
            evidence=tuple(replace(fact, message=clean(fact.message)) for fact in said.evidence),
            verification=said.verification
            and replace(
                said.verification, quote=clean(said.verification.quote), reason=clean(said.verification.reason)
            ),
            dissent=tuple(replace(each, quote=clean(each.quote), reason=clean(each.reason)) for each in said.dissent),
        )

    def dropped(fact: DroppedFact) -> DroppedFact:
        return replace(fact, reason=clean(fact.reason))

    def gap(missing: Gap) -> Gap:
        return replace(missing, reason=clean(missing.reason))

    return replace(
        review,
        findings=tuple(map(finding, review.findings)),
        fixed=tuple(map(finding, review.fixed)),
        dropped=tuple(map(dropped, review.dropped)),
        gaps=tuple(map(gap, review.gaps)),
        refuted=tuple(map(finding, review.refuted)),
        below_threshold=tuple(replace(each, finding=finding(each.finding)) for each in review.below_threshold),
        silenced=tuple(replace(each, finding=finding(each.finding)) for each in review.silenced),
        note=clean(review.note),
    )
