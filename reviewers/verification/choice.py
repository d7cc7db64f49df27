"""Who looks at a finding a second time: its authors and the models at hand go in, the model furthest away comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewers.verification.families import family_of, same_model

if TYPE_CHECKING:
    from llm_runtime.llm import ModelSpec

KEY = "verification:"
"""Before a model's id: the name under which the LLM of a second look is kept beside those of the reviewers."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A model that looks, and how far it is from the author.

    Attributes:
        model: The model.
        independence: 2 for another family, 1 for another model of the author's, 0 for the author itself, which is then
            told to argue against the finding.
    """

    model: ModelSpec
    independence: int

    @property
    def llm(self) -> str:
        """Which of the panel's LLMs it is."""
        return f"{KEY}{self.model.id}"


def choose(authors: Sequence[str], at_hand: Sequence[ModelSpec]) -> Verifier | None:
    """The model that is furthest from whoever made a finding; of equals the first at hand.

    A family that has no part in the finding goes before one that reported it too, which has voted already.

    Args:
        authors: The models that made it, as ``provider/name``, its author first; none where tools alone did.
        at_hand: Models that may be asked, the best first.

    Returns:
        None where there is no model at hand.
    """
    families = {family_of(author) for author in authors}
    of_nobody = (model for model in at_hand if family_of(model.id) not in families)
    of_others = (model for model in at_hand if authors and family_of(model.id) != family_of(authors[0]))
    others = (model for model in at_hand if not any(same_model(model.id, author) for author in authors))
    for independence, models in ((2, of_nobody), (2, of_others), (1, others), (0, iter(at_hand))):
        for model in models:
            return Verifier(model, independence)
    return None
