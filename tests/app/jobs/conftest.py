"""Jobs are tried in the room of the commands: everything real but GitHub and the models' vendors."""

from __future__ import annotations

from tests.app.commands.conftest import open_room, room

__all__ = ["open_room", "room"]
