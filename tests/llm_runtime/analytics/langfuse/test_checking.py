from __future__ import annotations

import pytest

from llm_runtime.analytics.langfuse.checking import check_keys
from llm_runtime.analytics.langfuse.errors import KeysRefused, ReadingFailed
from tests.fakes.langfuse import SECRET_KEY, FakeLangfuse


def checked(server: FakeLangfuse, secret_key: str = SECRET_KEY) -> str:
    return check_keys(public_key=server.public_key, secret_key=secret_key, base_url=server.url + "/", timeout_seconds=1)


def test_keys_that_are_right_are_a_projects(langfuse: FakeLangfuse) -> None:
    assert checked(langfuse) == "reviews"
    assert len(langfuse.requests) == 1


def test_keys_that_are_wrong_may_be_another_regions(langfuse: FakeLangfuse) -> None:
    with pytest.raises(KeysRefused, match=r"LANGFUSE_BASE_URL is the region of their project") as caught:
        checked(langfuse, "sk-lf-wrong")

    assert "sk-lf-wrong" not in str(caught.value)


@pytest.mark.parametrize("status", [404, 500, 503])
def test_a_langfuse_that_answers_otherwise_is_asked_once(langfuse: FakeLangfuse, status: int) -> None:
    langfuse.refuse = status

    with pytest.raises(ReadingFailed, match=rf"127\.0\.0\.1 does not answer as it should \({status}\)"):
        checked(langfuse)

    assert len(langfuse.requests) == 1


def test_a_langfuse_that_does_not_answer_is_not_waited_for(langfuse: FakeLangfuse) -> None:
    langfuse.silent = True

    with pytest.raises(ReadingFailed, match=r"does not answer \(ReadTimeout\); check LANGFUSE_BASE_URL"):
        checked(langfuse)


def test_a_langfuse_that_is_not_there_is_said_so(gone: FakeLangfuse) -> None:
    with pytest.raises(ReadingFailed, match=r"does not answer \(ConnectError\)"):
        checked(gone)


def test_another_server_at_its_address_is_told_apart(langfuse: FakeLangfuse) -> None:
    langfuse.projects = {"status": "ok"}

    with pytest.raises(ReadingFailed, match="does not answer as it should; check LANGFUSE_BASE_URL"):
        checked(langfuse)


def test_keys_of_no_project_are_named_as_such(langfuse: FakeLangfuse) -> None:
    langfuse.projects = {"data": []}

    with pytest.raises(KeysRefused, match="belong to no project"):
        checked(langfuse)
