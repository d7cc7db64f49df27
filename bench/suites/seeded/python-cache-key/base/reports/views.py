"""Reports of a company, as HTML."""

from __future__ import annotations

from flask import Blueprint, abort, g

from reports.cache import cache
from reports.rendering import render
from reports.store import find_report

pages = Blueprint("reports", __name__)


@pages.get("/reports/<int:number>")
def show(number: int) -> str:
    report = find_report(number)
    if report is None or report.company_id != g.user.company_id:
        abort(404)
    return render(report)
