"""What ``quartet doctor`` reports of the dashboard: whether there is one, who may sign in, and what keeps them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.cli.doctor_line import Line
from app.errors import AppError, Misconfigured, NotPermitted

if TYPE_CHECKING:
    from app.settings import Settings
    from app.web.dashboard.setting import DashboardSetting

_NO_CODE = "quartet-doctor"
"""GitHub looks at the App's secrets before it looks at the code: this one is refused when they are right."""


def report(settings: Settings, *, offline: bool) -> Iterator[Line]:
    """The dashboard's lines."""
    from app.web.dashboard.setting import PATH, dashboard_setting  # noqa: PLC0415 - loaded for Apps only

    try:
        setting = dashboard_setting(settings)
    except Misconfigured as error:
        yield Line(f"✗ {error}", fault=True)
        return
    if setting is None:
        yield Line(
            "! there is no dashboard: QUARTET_DASHBOARD_TOKEN lets operators in, GITHUB_APP_CLIENT_ID and "
            "GITHUB_APP_CLIENT_SECRET whoever may read a repository"
        )
        return
    ways = [
        *((f"with an account of {urlsplit(setting.web).netloc}",) if setting.client_id else ()),
        *(("with QUARTET_DASHBOARD_TOKEN",) if setting.token else ()),
    ]
    yield Line(f"✓ the dashboard is at {setting.public_url}{PATH}; people sign in {' or '.join(ways)}")
    if setting.public_url and not setting.secure:
        yield Line("! QUARTET_PUBLIC_URL is not https: who stands in between can read what people sign in with")
    if setting.client_id and not offline:
        yield from _secrets(setting)


def _secrets(setting: DashboardSetting) -> Iterator[Line]:
    from app.web.dashboard.oauth import exchange  # noqa: PLC0415 - requests, where GitHub is asked

    try:
        exchange(setting, _NO_CODE, verifier="")
    except NotPermitted:
        yield Line(f"✓ GitHub takes the App's client ID and secret; its callback URL must be {setting.callback}")
    except AppError as error:
        yield Line(f"✗ signing in to the dashboard: {error}", fault=True)
