"""Make the README's pictures: the demo's review on a real terminal, and its HTML report in a real browser.

Run it with ``make pictures``. It needs Chromium (Debian's package ``chromium``).
"""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

from demo.build import build

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
COLUMNS = 96
COMMAND = ("quartet", "review", "--reviewers", "bugs", "--fail-on", "high")
BROWSER = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
    "--force-device-scale-factor=1.5",
)  # fmt: skip


def main() -> None:
    """Write ``docs/pictures/terminal.png`` and ``report.png``."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("pictures: Chromium is needed; install it with apt-get install chromium")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop"
        build(shop)
        page = Path(folder) / "terminal.svg"
        height = _draw(_on_a_terminal(shop), page)
        _photograph(chromium, page, PICTURES / "terminal.png", 1010, height)
        report = Path(folder) / "report.html"
        subprocess.run([_quartet(), "review", "--output", str(report)], cwd=shop, check=True, capture_output=True)
        _photograph(chromium, report, PICTURES / "report.png", 1180, 1000)


def _quartet() -> str:
    return str(Path(sys.executable).with_name("quartet"))


def _on_a_terminal(folder: Path) -> str:
    """What the command shows on a pseudo terminal, with its colours."""
    ours, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "HOME": folder.as_posix(), "TERM": "xterm-256color"}
    with subprocess.Popen(
        [_quartet(), *COMMAND[1:]],
        cwd=folder,
        env={**environment, "COLUMNS": str(COLUMNS)},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ):
        os.close(theirs)
        shown = bytearray()
        try:
            while chunk := os.read(ours, 65_536):
                shown += chunk
        except OSError:  # Linux answers EIO once the last writer has gone
            os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def _draw(shown: str, page: Path) -> int:
    """Draw the terminal as SVG; its height in pixels."""
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        console.print(Text(f"$ {' '.join(COMMAND)}", style="bold"))
        console.print(Text.from_ansi(shown))
        drawn = console.export_svg(title="quartet review", theme=DIMMED_MONOKAI)
    # The fonts that rich names lie on the network; the machine's own do as well.
    start, end = drawn.index("@font-face"), drawn.rindex("@font-face")
    end = drawn.index("}", end) + 1
    drawn = drawn[:start] + drawn[end:].replace("Fira Code", "DejaVu Sans Mono")
    width, height = (float(value) for value in drawn.split('viewBox="0 0 ')[1].split('"')[0].split())
    page.write_text(drawn, encoding="utf-8")
    return int(height * 1010 / width) + 1


def _photograph(chromium: str, page: Path, picture: Path, width: int, height: int) -> None:
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                chromium,
                *BROWSER,
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                f"--screenshot={picture}",
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    main()
