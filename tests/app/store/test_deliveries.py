"""Deliveries in the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from app.analytics.retention import parse_retention, prune
from app.store.store import Store
from app.store.values import Delivery
from tests.app.store.conftest import START, Time


def test_a_delivery_is_noted_with_what_became_of_it(store: Store, time: Time) -> None:
    time.advance(seconds=2)

    store.note_delivery(
        "72d3162e",
        event="pull_request",
        action="opened",
        repository="Octo/App",
        number=7,
        installation=3,
        received_at=START,
        state="ignored",
        detail="it is a draft",
    )

    assert store.delivery("72d3162e") == Delivery(
        guid="72d3162e",
        event="pull_request",
        action="opened",
        repository="octo/app",
        number=7,
        installation=3,
        received_at=START,
        handled_at=time.now,
        state="ignored",
        detail="it is a draft",
    )
    assert store.delivery("else") is None


def test_the_last_note_of_a_delivery_counts(store: Store) -> None:
    store.note_delivery("g", event="ping", received_at=START, state="failed", detail="StoreDown")
    first = store.delivery("g")

    store.note_delivery("g", event="ping", received_at=START, state="handled")

    assert first is not None
    assert store.delivery("g") == replace(first, state="handled", detail="")


def test_deliveries_are_forgotten_after_thirty_days(store: Store, time: Time) -> None:
    store.note_delivery("old", event="ping", received_at=time.now, state="handled")
    time.advance(days=1)
    store.note_delivery("young", event="ping", received_at=time.now, state="handled")
    time.advance(days=29, seconds=1)

    prune(store.database, parse_retention(""), time.now, rest=lambda _: None)

    assert store.delivery("old") is None
    assert store.delivery("young") is not None


def test_a_moment_without_its_time_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="needs its time zone"):
        store.note_delivery("g", event="ping", received_at=START.replace(tzinfo=None), state="handled")

    assert store.delivery("g") is None


def test_a_moment_of_any_time_zone_comes_back_in_utc(store: Store) -> None:
    there = START.astimezone(timezone(timedelta(hours=9)))

    store.note_delivery("g", event="ping", received_at=there, state="handled")

    found = store.delivery("g")
    assert found is not None
    assert (found.received_at, found.received_at.utcoffset()) == (START, timedelta(0))
