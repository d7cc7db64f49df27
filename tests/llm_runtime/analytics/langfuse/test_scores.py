from __future__ import annotations

from llm_runtime.analytics.identity import span_id
from llm_runtime.analytics.langfuse.names import ScoreName
from llm_runtime.analytics.langfuse.scores import scores_of
from tests.llm_runtime.analytics.langfuse import records
from tests.llm_runtime.analytics.langfuse.records import TRACE_ID


def test_a_result_is_scores_on_the_reviewers_span() -> None:
    scores = scores_of(records.result(), records.trace())

    assert {score.name: score.value for score in scores} == {"findings": 3, "accepted": 2, "dismissed": 1, "gaps": 0}
    assert {score.observation for score in scores} == {span_id(TRACE_ID, "security")}
    assert scores[0].metadata == {"reviewer": "security", "provider": "openai", "model": "gpt-6.1-sol"}


def test_precision_is_told_with_its_interval_where_there_is_enough() -> None:
    scores = scores_of(records.result(findings=40, accepted=15, dismissed=5), records.trace())

    (precision,) = (score for score in scores if score.name is ScoreName.PRECISION)
    assert precision.value == 0.75
    assert precision.comment == "0.53 to 0.89 at 95 %, of 20"


def test_a_score_that_is_told_again_takes_the_place_of_the_one_before() -> None:
    before = scores_of(records.result(), records.trace())
    after = scores_of(records.result(accepted=3), records.trace())

    assert [(score.id, score.at) for score in before] == [(score.id, score.at) for score in after]
    assert len({score.id for score in before}) == 4


def test_results_of_two_models_are_scores_of_their_own() -> None:
    one, other = (scores_of(records.result(model=model), records.trace()) for model in ("one", "other"))

    assert not {score.id for score in one} & {score.id for score in other}
