from __future__ import annotations

import threading

from llm_runtime.llm import LLM
from llm_runtime.messages import Completion, Request
from llm_runtime.providers.deferred import DeferredLLM
from llm_runtime.providers.openai import OpenAILLM
from tests.fakes.models import says
from tests.fakes.openai import FakeOpenAI
from tests.llm_runtime.doubles import spec

SPEC = spec()
REQUEST = Request(system="s", question="q")


def test_nothing_is_built_until_somebody_asks_and_then_once_for_all_threads() -> None:
    built: list[LLM] = []
    answers: list[Completion] = []
    with FakeOpenAI(says("fine")) as vendor:

        def build() -> LLM:
            built.append(vendor.keep(OpenAILLM(SPEC, api_key="key", base_url=vendor.base_url)))
            return built[-1]

        llm = DeferredLLM(SPEC, build)
        assert (llm.spec, built) == (SPEC, [])
        threads = [threading.Thread(target=lambda: answers.append(llm.complete(REQUEST))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert (len(built), [answer.text for answer in answers]) == (1, ["fine"] * 8)
