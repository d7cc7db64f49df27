"""A real Chromium, driven over a pipe (Chrome DevTools Protocol): what a page looks like, does and complains of.

https://chromedevtools.github.io/devtools-protocol/ ; ``--remote-debugging-pipe`` speaks JSON, ended by a NUL byte, on
file descriptors 3 and 4.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
_ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
    "--remote-debugging-pipe",
)  # fmt: skip
_KEYS = {"Tab": 9, "Enter": 13, " ": 32}


@dataclass(slots=True)
class Tab:
    """A page in the browser.

    Attributes:
        complaints: What the console, the policy of the page and uncaught errors have said so far.
    """

    to_browser: BinaryIO
    from_browser: BinaryIO
    session: str = ""
    complaints: list[str] = field(default_factory=list)
    _sent: int = 0
    _loaded: bool = False

    def open(self, page: Path | str, *, width: int = 1280, height: int = 900) -> None:
        """Load a page in a window of that size; the complaints of the one before are forgotten."""
        self.complaints.clear()
        self._loaded = False
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", **metrics)
        self.ask("Page.navigate", url=page.as_uri() if isinstance(page, Path) else page)
        while not self._loaded:
            self._read()

    def run(self, expression: str) -> Any:
        """The value of an expression of JavaScript in the page."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def click(self, selector: str) -> None:
        """Click in the middle of an element, as a pointer does."""
        place = (
            f"(()=>{{const e=document.querySelector({json.dumps(selector)});e.scrollIntoView({{block:'center'}});"
            "const b=e.getBoundingClientRect();return [b.x+b.width/2,b.y+b.height/2]})()"
        )
        x, y = self.run(place)
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str) -> None:
        """Press a key: ``Tab``, ``Enter`` or a space."""
        code = _KEYS[key]
        text = {"Enter": "\r", " ": " "}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            self.ask(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                windowsVirtualKeyCode=code,
                **({"text": text} if kind == "keyDown" and text else {}),
            )

    def prefer(self, *, scheme: str = "", medium: str = "") -> None:
        """Show the page as to somebody who prefers ``dark`` or ``light``, or on ``print``."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=medium, features=features)

    def picture(self, path: Path) -> None:
        """Write the whole page as a PNG."""
        answer = self.ask("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        path.write_bytes(base64.b64decode(answer["data"]))

    def printed(self) -> bytes:
        """The page as a PDF on A4."""
        answer = self.ask("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=True)
        return base64.b64decode(answer["data"])

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Have the browser do something, and wait until it is done."""
        self._sent += 1
        message: dict[str, Any] = {"id": self._sent, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.to_browser.write(json.dumps(message).encode() + b"\0")
        self.to_browser.flush()
        while (answer := self._read()).get("id") != self._sent:
            pass
        assert "error" not in answer, (method, answer["error"])
        return dict(answer["result"])

    def _read(self) -> dict[str, Any]:
        raw = bytearray()
        while (byte := self.from_browser.read(1)) != b"\0":
            assert byte, "the browser has ended"
            raw += byte
        message: dict[str, Any] = json.loads(raw)
        said = message.get("params", {})
        match message.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Log.entryAdded":
                self.complaints.append(said["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(said["exceptionDetails"]["text"])
            case "Runtime.consoleAPICalled":
                self.complaints.append(str(said["args"]))
        return message


@contextmanager
def browser() -> Iterator[Tab]:
    """A browser with a profile of its own and one tab; it ends with the block."""
    browser_reads, we_write = _pipe()
    we_read, browser_writes = _pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # The descriptors must be 3 and 4 in the browser; a shell puts them there and is replaced by it.
        command = f'exec "$0" "$@" 3<&{browser_reads} 4>&{browser_writes}'
        with (
            subprocess.Popen(
                ["/bin/bash", "-c", command, CHROMIUM, *_ARGUMENTS, f"--user-data-dir={profile}", "about:blank"],
                pass_fds=(browser_reads, browser_writes),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as process,
            os.fdopen(we_write, "wb") as to_browser,
            os.fdopen(we_read, "rb") as from_browser,
        ):
            os.close(browser_reads)
            os.close(browser_writes)
            tab = Tab(to_browser, from_browser)
            target = tab.ask("Target.createTarget", url="about:blank")["targetId"]
            tab.session = tab.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log"):
                tab.ask(f"{domain}.enable")
            try:
                yield tab
            finally:
                process.terminate()
                process.wait()


def _pipe() -> tuple[int, int]:
    """A pipe whose ends are neither 3 nor 4, so that none is in the way of the other in the browser."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
