"""Puts the dashboard into the server, where its setting wants one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, g, request

from app.errors import AppError
from app.queue_view import view_queue
from app.redis_client import connect
from app.web.dashboard.attempts import Attempts
from app.web.dashboard.cookies import Cookies
from app.web.dashboard.desk import Desk
from app.web.dashboard.entrance import Entrance
from app.web.dashboard.parts import Parts
from app.web.dashboard.readable import readable
from app.web.dashboard.seats import Seats
from app.web.dashboard.sessions import Sessions
from app.web.dashboard.setting import PATH
from app.web.dashboard.small_pages import refused
from app.web.dashboard.visitors import Doorkeeper

if TYPE_CHECKING:
    from app.web.dashboard.readable import HeldByOthers, Readable
    from app.web.dashboard.setting import DashboardSetting
    from app.web.dashboard.shown import MakePage

NAME = "dashboard"
_MAX_FORM_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """What the dashboard speaks to.

    Attributes:
        setting: How people sign in.
        redis_url: Where sessions are.
        make_page: The page with the figures.
        held_by_others: Which names stood for something else when their figures were made.
        prefix: What names in Redis begin with.
    """

    setting: DashboardSetting
    redis_url: str = field(repr=False)
    make_page: MakePage
    held_by_others: HeldByOthers
    prefix: str = "quartet"


def mount(app: Flask, dashboard: Dashboard) -> None:
    """Add the dashboard's addresses to a server; nothing is connected by this."""
    client = connect(dashboard.redis_url, text=False)
    setting = dashboard.setting
    sessions = Sessions(client, dashboard.redis_url, setting.key, prefix=dashboard.prefix)
    attempts = Attempts(client, dashboard.redis_url, prefix=dashboard.prefix)
    cookies = Cookies(secure=setting.secure)
    ask: Callable[[str], Readable] = partial(readable, setting.api_url, held_by_others=dashboard.held_by_others)
    doorkeeper = Doorkeeper(setting, sessions, attempts, ask, cookies.session)
    parts = Parts(
        setting=setting,
        sessions=sessions,
        doorkeeper=doorkeeper,
        ask_github=ask,
        make_page=dashboard.make_page,
        view_queue=partial(view_queue, client, dashboard.redis_url, prefix=dashboard.prefix),
        cookies=cookies,
    )
    entrance = Entrance(parts)
    desk = Desk(parts, entrance)
    blueprint = Blueprint(NAME, __name__, url_prefix=PATH)
    blueprint.add_url_rule("", "report", desk.report)
    blueprint.add_url_rule("/", "slash", desk.without_slash)
    blueprint.add_url_rule("/queue", "queue", desk.queue)
    blueprint.add_url_rule("/sign-in", "leave", entrance.leave_for_github)
    blueprint.add_url_rule("/signed-in", "come", entrance.come_from_github)
    blueprint.add_url_rule("/token", "token", entrance.take_token, methods=["POST"])
    blueprint.add_url_rule("/sign-out", "sign_out", entrance.sign_out, methods=["POST"])
    blueprint.register_error_handler(AppError, desk.fault)
    _seat(app, setting.root)
    app.register_blueprint(blueprint)


def _seat(app: Flask, root: str) -> None:
    seats = Seats()

    def sit() -> Response | None:
        if not request.path.startswith(PATH):
            return None
        request.max_content_length = _MAX_FORM_BYTES
        if not seats.take():
            response = refused(
                root, "One moment", "The dashboard is busy. Reload it in a few seconds.", HTTPStatus.SERVICE_UNAVAILABLE
            )
            response.headers["Retry-After"] = "2"
            return response
        g.has_seat = True
        return None

    def rise(_: BaseException | None) -> None:
        if g.pop("has_seat", False):
            seats.give_back()

    app.before_request(sit)
    app.teardown_request(rise)
