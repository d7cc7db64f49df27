"""An earlier review, out of its JSON report or the App's store: what it was about, what it said, what it cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import Misconfigured
from reviewers.difference import Remark, remark_of
from reviewers.findings import Severity
from reviewers.report.json import SCHEMA
from reviewers.review import Target

if TYPE_CHECKING:
    from app.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierReview:
    """A review of which enough is known to make it again.

    Attributes:
        target: The change; its commits, where it has any.
        remarks: What was said.
        reviewers: Who looked; empty where that is not known.
        cost_usd: What it cost; None where that is not known.
        models: The models that answered, as ``provider/name``; empty where that is not known.
    """

    target: Target
    remarks: tuple[Remark, ...]
    reviewers: tuple[str, ...]
    cost_usd: Decimal | None
    models: tuple[str, ...] = ()


def find_review(name: str, settings: Settings) -> EarlierReview:
    """The review of that name.

    Args:
        name: A JSON report, or a review's id in the App's store.
        settings: Where the store is.

    Raises:
        Misconfigured: There is none.
        StoreDown: The database does not answer.
    """
    path = Path(name)
    if path.is_file():
        return read_report(path)
    if path.suffix:
        msg = f"{name} is no file; name a report that quartet review --format json wrote, or a review's id"
        raise Misconfigured(msg)
    return _stored(name, settings)


def read_report(path: Path) -> EarlierReview:
    """The review that a JSON report tells of.

    Raises:
        Misconfigured: It is no such report.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        # A document of another kind has other keys, or says so.
        return _reported({SCHEMA: document}[document["schema"]])
    except OSError as error:
        msg = f"{path} cannot be read ({error.strerror}); permit it"
        raise Misconfigured(msg) from error
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path} is no report of a review ({SCHEMA}); write one with quartet review --format json --output FILE"
        raise Misconfigured(msg) from error


def _reported(document: Mapping[str, Any]) -> EarlierReview:
    cost, asked = document["usage"]["cost_usd"], document["usage"]["by_model"]
    return EarlierReview(
        target=Target(**{name: document["target"][name] for name in ("kind", "name", "base", "head", "title", "url")}),
        remarks=tuple(
            Remark(
                id=each["id"],
                aliases=tuple(each["aliases"]),
                reviewer=each["reviewer"],
                rule=each["rule"],
                severity=Severity.of(each["severity"]),
                path=each["path"],
                line=each["start_line"],
                title=each["title"],
            )
            for each in document["findings"]
        ),
        reviewers=tuple(document["reviewers"]),
        cost_usd=None if cost is None else Decimal(str(cost)),
        models=tuple(f"{each['provider']}/{each['model']}" for each in asked),
    )


def _stored(name: str, settings: Settings) -> EarlierReview:
    from app.store.address import store_url  # noqa: PLC0415 - SQLAlchemy is loaded for stored reviews only
    from app.store.store import open_store  # noqa: PLC0415

    with closing(open_store(store_url(settings))) as store:
        stored = store.review(name)
        found = store.findings_of_review(name) if stored else ()
    if stored is None:
        msg = f"there is no review {name!r} in the store, nor a file of that name; give a JSON report or a review's id"
        raise Misconfigured(msg)
    return EarlierReview(
        target=Target(
            kind="pull_request",
            name=f"{stored.repository}#{stored.number}",
            base=stored.base,
            head=stored.head,
        ),
        remarks=tuple(remark_of(each.finding) for each in found),
        reviewers=(),
        cost_usd=stored.cost_usd,
    )
