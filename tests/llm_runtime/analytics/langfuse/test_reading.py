"""Pages are read to the end through the real SDK, from a Langfuse that throttles, breaks down and is cut off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from llm_runtime.analytics.langfuse.errors import KeysRefused, ReadingFailed, ReadingRefused, Stopped
from llm_runtime.analytics.langfuse.reading import LangfuseReader
from tests.fakes.langfuse import PROJECT, SECRET_KEY, Observation
from tests.fakes.langfuse_reading import ReadableLangfuse
from tests.fakes.server import Reply, json_reply
from tests.llm_runtime.doubles import FakeClock

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMES = ("accepted", "dismissed")


@pytest.fixture
def langfuse() -> Iterator[ReadableLangfuse]:
    with ReadableLangfuse() as fake:
        yield fake


def reader(langfuse: ReadableLangfuse, **options: Any) -> LangfuseReader:
    given: dict[str, Any] = {"secret_key": SECRET_KEY, "base_url": langfuse.url, "clock": FakeClock(NOON)} | options
    return langfuse.keep(LangfuseReader(public_key=langfuse.public_key, **given))


def seen(number: int, *, start: datetime | None = None, **attributes: Any) -> Observation:
    start = start or NOON + timedelta(seconds=number)
    return Observation(
        name="chat",
        trace_id=f"{number // 10 + 1:032x}",
        id=f"{number + 1:016x}",
        parent="",
        start=start,
        end=start + timedelta(seconds=2),
        attributes={"langfuse.observation.type": "generation"}
        | {f"langfuse.observation.{name}": value for name, value in attributes.items()},
    )


def ids(langfuse: LangfuseReader) -> list[str]:
    return [row.id for page in langfuse.observations(NOON, NOON + HOUR) for row in page.rows]


def test_pages_are_read_until_there_are_no_more(langfuse: ReadableLangfuse) -> None:
    langfuse.observations += map(seen, range(25))
    langfuse.page = 10

    pages = list(reader(langfuse).observations(NOON, NOON + HOUR))

    assert [(len(page.rows), page.last) for page in pages] == [(10, False), (10, False), (5, True)]
    assert len({row.id for page in pages for row in page.rows}) == 25


def test_an_hour_in_which_nothing_happened_is_one_empty_last_page(langfuse: ReadableLangfuse) -> None:
    pages = list(reader(langfuse).observations(NOON, NOON + HOUR))

    assert [(page.rows, page.last) for page in pages] == [((), True)]


def test_the_beginning_belongs_to_a_time_and_its_end_does_not(langfuse: ReadableLangfuse) -> None:
    moments = {0: NOON - timedelta(seconds=1), 1: NOON, 2: NOON + HOUR - timedelta(seconds=1), 3: NOON + HOUR}
    langfuse.observations += [seen(number, start=moment) for number, moment in moments.items()]

    assert sorted(ids(reader(langfuse))) == [f"{number + 1:016x}" for number in (1, 2)]


def test_texts_are_not_asked_for(langfuse: ReadableLangfuse) -> None:
    list(reader(langfuse).observations(NOON, NOON + HOUR))

    assert "io" not in langfuse.requests[-1].query["fields"].split(",")


def test_data_longer_than_200_characters_come_whole(langfuse: ReadableLangfuse) -> None:
    attributes: dict[str, Any] = {"metadata.data": "x" * 300, "metadata.other": "y" * 300}
    langfuse.observations.append(seen(1, **attributes))

    ((row,),) = [page.rows for page in reader(langfuse).observations(NOON, NOON + HOUR)]

    assert row.metadata is not None
    assert (len(row.metadata["data"]), len(row.metadata["other"])) == (300, 200)


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(json_reply({}, status=429, headers={"retry-after": "7"}), id="throttled, in seconds"),
        pytest.param(
            json_reply({}, status=429, headers={"retry-after": "Sat, 21 Nov 2026 12:00:07 GMT"}),
            id="throttled, until a date",
        ),
        pytest.param(json_reply({}, status=503, headers={"retry-after": "7"}), id="busy"),
    ],
)
def test_the_wait_that_is_asked_for_is_waited_and_the_page_comes(langfuse: ReadableLangfuse, refusal: Reply) -> None:
    clock = FakeClock(NOON)
    langfuse.observations += map(seen, range(3))
    langfuse.page = 2
    langfuse.refusals = [None, refusal]

    assert len(ids(reader(langfuse, clock=clock))) == 3
    assert clock.waits == [7.0]


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(Reply(status=500), id="broken"),
        pytest.param(json_reply({"message": "upstream"}, status=502), id="bad gateway"),
        pytest.param(json_reply({}, status=429), id="throttled without a word"),
        pytest.param(Reply(body=b'{"data": ['), id="half JSON"),
        pytest.param(Reply(body=b'{"data": [], "meta": {}}', cut=True), id="cut"),
    ],
)
def test_waits_double_where_nothing_is_asked_for(langfuse: ReadableLangfuse, refusal: Reply) -> None:
    clock = FakeClock(NOON)
    langfuse.observations += map(seen, range(3))
    langfuse.refusals = [refusal, refusal, refusal]

    assert len(ids(reader(langfuse, clock=clock))) == 3
    assert clock.waits == [1.0, 2.0, 4.0]


def test_it_gives_up_after_six_tries(langfuse: ReadableLangfuse) -> None:
    langfuse.refusals = [Reply(status=500)] * 10

    with pytest.raises(ReadingFailed, match=r"does not take the request \(500\); what has been read is kept"):
        ids(reader(langfuse))
    assert len(langfuse.requests) == 6


def test_a_wait_beyond_its_patience_is_not_begun(langfuse: ReadableLangfuse) -> None:
    clock = FakeClock(NOON)
    langfuse.refusals = [json_reply({}, status=429, headers={"retry-after": "3600"})]

    with pytest.raises(ReadingFailed, match="429"):
        ids(reader(langfuse, clock=clock))
    assert clock.waits == []


def test_each_wait_is_announced(langfuse: ReadableLangfuse) -> None:
    told: list[str] = []
    langfuse.refusals = [json_reply({}, status=429, headers={"retry-after": "7"})]

    ids(reader(langfuse, notify=told.append))

    assert told == [f"Langfuse at {langfuse.url} does not take the request (429); trying again in 7 s"]


def test_who_wants_it_to_end_need_not_wait(langfuse: ReadableLangfuse) -> None:
    stop = threading.Event()
    stop.set()

    with pytest.raises(Stopped):
        ids(reader(langfuse, stop=stop))
    assert langfuse.requests == []


def test_a_stop_ends_a_wait(langfuse: ReadableLangfuse) -> None:
    stop = threading.Event()
    langfuse.refusals = [json_reply({}, status=429, headers={"retry-after": "7"})]

    with pytest.raises(Stopped):
        ids(reader(langfuse, stop=stop, notify=lambda _: stop.set()))


def test_wrong_keys_are_told_without_the_keys(langfuse: ReadableLangfuse) -> None:
    with pytest.raises(KeysRefused, match="LANGFUSE_PUBLIC_KEY") as refusal:
        ids(reader(langfuse, secret_key="sk-lf-wrong"))
    assert "sk-lf" not in str(refusal.value)
    assert len(langfuse.requests) == 1


def test_an_address_that_is_no_langfuse_is_named_at_once(langfuse: ReadableLangfuse) -> None:
    langfuse.refusals = [json_reply({"message": "Not Found"}, status=404)]

    with pytest.raises(ReadingRefused, match="check LANGFUSE_BASE_URL"):
        ids(reader(langfuse))


def test_an_answer_of_another_form_is_refused(langfuse: ReadableLangfuse) -> None:
    langfuse.refusals = [json_reply({"data": [{"no": "id"}], "meta": {}})]

    with pytest.raises(ReadingRefused, match="a form that is not known here"):
        ids(reader(langfuse))


def test_nobody_there_is_a_failure() -> None:
    with ReadableLangfuse() as gone:
        pass

    with (
        LangfuseReader(public_key="pk", secret_key="sk", base_url=gone.url, clock=FakeClock()) as unheard,
        pytest.raises(ReadingFailed, match=r"cannot be reached \(ConnectError\)"),
    ):
        unheard.project()


def test_a_server_that_repeats_a_cursor_does_not_keep_us_for_ever(langfuse: ReadableLangfuse) -> None:
    langfuse.refusals = [json_reply({"data": [], "meta": {"cursor": "again"}})] * 2

    with pytest.raises(ReadingFailed, match="the same page again"):
        ids(reader(langfuse))


def test_the_project_tells_its_id_and_its_time(langfuse: ReadableLangfuse) -> None:
    langfuse.date = NOON + timedelta(hours=3)

    project = reader(langfuse).project()

    assert (project.id, project.now) == (PROJECT, NOON + timedelta(hours=3))


def test_keys_without_a_project_are_refused(langfuse: ReadableLangfuse) -> None:
    langfuse.projects = {"data": []}

    with pytest.raises(KeysRefused, match="belong to no project"):
        reader(langfuse).project()


def test_scores_of_observations_are_read_page_by_page(langfuse: ReadableLangfuse) -> None:
    langfuse.page = 2
    langfuse.scores += [_score(number, "accepted") for number in range(5)]
    langfuse.scores += [_score(6, "something else"), {**_score(7, "accepted"), "observationId": None}]

    pages = list(reader(langfuse).scores(NAMES, NOON, NOON + HOUR))

    assert [page.last for page in pages] == [False, False, True]
    found = [row for page in pages for row in page.rows]
    assert [(row.trace, row.observation, row.name, row.value) for row in found] == [
        ("t", f"o{number}", "accepted", number) for number in range(5)
    ]
    assert found[0].metadata == {"reviewer": "security"}


def _score(number: int, name: str) -> dict[str, Any]:
    return {
        "id": f"score-{number}",
        "name": name,
        "value": number,
        "traceId": "t",
        "observationId": f"o{number}",
        "timestamp": NOON.isoformat(),
        "metadata": {"reviewer": "security"},
    }
