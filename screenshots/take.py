"""Takes pictures of real runs: a demo as a real child process, watched by the real screen, driven by its real keys.

Nothing is faked, so the figures differ from run to run. What would tell something of the machine is kept out by how the
demo is run (its own folder under /tmp, a short command) and by what the user could do as well (a filter that leaves the
standard library out of the allocations).
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from gctui.demos import find_demos
from gctui.monitor.command import resolve
from gctui.monitor.launch import AgentOptions, Launch
from gctui.monitor.live import LiveSource
from gctui.monitor.model import BUCKET_NS, Snapshot
from gctui.monitor.streams import STANDARD, Streams
from gctui.monitor.tracing import Tracing, TracingOptions
from gctui.monitor.watch import WatchSession
from gctui.ui.app import GctuiApp
from gctui.ui.screens.main import MainScreen

RATE_HZ, FRAMES = 4.0, 5
"""As gctui has them when nobody says otherwise."""
PATIENCE_S = 90.0
"""How long something is waited for that always comes."""
FOLDER = Path("/tmp/demo")
"""Names no user and no machine; it is on the pictures, in front of the demos' file names."""
FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"


class Stage:
    """A running demo and the screen that shows it."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self._pilot = pilot

    @property
    def snapshot(self) -> Snapshot | None:
        """What the main screen shows."""
        screens = [screen for screen in self._pilot.app.screen_stack if isinstance(screen, MainScreen)]
        return screens[0].snapshot if screens else None

    async def press(self, *keys: str) -> None:
        await self._pilot.press(*keys)

    async def until(self, condition: Callable[[Snapshot], object], what: str) -> None:
        """Let the screen go on until `condition` holds for what it shows."""
        await self._until(lambda: self.snapshot is not None and condition(self.snapshot), what)

    async def shows(self, *texts: str) -> None:
        """Let the screen go on until it shows all of these."""
        await self._until(lambda: all(text in words(self.picture()) for text in texts), repr(texts))

    async def filter(self, pane: str, key: str, text: str) -> None:
        """Go to a pane by its key and filter it."""
        await self.press(key, "slash", *text, "enter")
        await self._until(lambda: getattr(self._pilot.app.focused, "filter_text", "") == text, f"{pane} to be filtered")

    async def _until(self, condition: Callable[[], object], what: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"waited in vain for {what}; the screen:\n{words(self.picture())}")
            await self._pilot.pause(0.1)

    def picture(self) -> str:
        return self._pilot.app.export_screenshot(title="gctui", simplify=True)


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: which demo runs, in which window, and what is done before it is taken."""

    demo: str
    size: tuple[int, int]
    """Columns and lines of the window."""
    play: Callable[[Stage], Awaitable[None]]
    is_traced: bool = True
    """As with `--alloc exact`, else as with `--alloc off`."""


async def _until_busy(stage: Stage, seconds: float, full: int = 2) -> None:
    """There is something to see: that much of the time line, and that many full collections."""
    await stage.until(lambda shown: len(shown.timeline) * BUCKET_NS > seconds * 1e9, f"{seconds} s of the time line")
    await stage.until(lambda shown: shown.generations[2].pauses.events >= full, f"{full} full collections")


async def _own_allocations(stage: Stage, file: str) -> None:
    """Leave Python's own files out of the allocations, by the filter that a user has."""
    await stage.until(lambda shown: shown.allocations, "allocations")
    await stage.filter("the allocations", "f6", file)


async def _overview(stage: Stage) -> None:
    await _own_allocations(stage, "cycles.py")
    await stage.press("m")
    await _until_busy(stage, 30, 4)
    await stage.until(lambda shown: shown.mark and shown.allocations is not shown.mark, "growth since the mark")


async def _collected(stage: Stage) -> None:
    """Full collections alone in the log, and one by key when there is garbage again."""
    await _own_allocations(stage, "cycles.py")
    await stage.filter("the log", "f5", "gen:2")
    await _until_busy(stage, 15)
    await stage.until(lambda shown: (shown.generations[2].count or 0) >= 7, "a count of 7 in generation 2")
    await stage.press("2")
    await stage.shows("Generation 2 collected in", "freed", "forced by gctui")


async def _traceback(stage: Stage) -> None:
    await _own_allocations(stage, "cycles.py")
    await stage.press("home", "enter")
    await stage.shows("▶", "size over ", "Other sites in cycles.py")


async def _objects(stage: Stage) -> None:
    """A census when the demo holds as much as it ever will, and whether what has come since then is a leak."""
    await _until_busy(stage, 8)
    await stage.until(lambda shown: (shown.generations[2].count or 0) <= 1, "a full collection")
    await stage.press("i")
    await stage.shows("objects,", "as of")
    await stage.press("m")
    await stage.until(lambda shown: (shown.generations[2].count or 0) >= 10, "a count of 10 in generation 2")
    await stage.press("v")
    await stage.shows("Not yet collected")


async def _small(stage: Stage) -> None:
    await _until_busy(stage, 12)
    await stage.press("f5")


async def _output(stage: Stage) -> None:
    """The service is slow, then the user types f to it, and it is slow no more."""
    await _until_busy(stage, 12, 3)
    before = stage.snapshot
    assert before is not None
    await stage.press("o", "enter", "f", "enter", "escape")
    await stage.shows("frozen: ")
    many = before.generations[2].pauses.events + 4
    await stage.until(lambda shown: shown.generations[2].pauses.events > many, "full collections of a frozen heap")


async def _pauses(stage: Stage) -> None:
    """All of them, after some full collections of the big heap, and what in the demo they struck."""
    await _until_busy(stage, 70, 12)
    await stage.press("x")
    await stage.shows("in the worst", "Histogram", "Top triggers", "stall.py")
    await stage.press("slash", *"stall.py", "enter")
    await stage.shows(" match")


async def _processes(stage: Stage) -> None:
    """Full collections of all workers in the log, and what memory each has, when that has been read."""
    await stage.until(lambda shown: shown.relatives and shown.relatives.living == 4, "three workers")
    await stage.filter("the log", "f5", "gen:2")
    await stage.press("A", "f8")
    await stage.until(lambda shown: shown.relatives and all(one.pss for one in shown.relatives.rows), "memory of each")
    await stage.press("down", "enter")
    await _until_busy(stage, 15, 6)
    await stage.shows("child", "├─python prefork.py", "prefork.py:57 work")


async def _help(stage: Stage) -> None:
    await _own_allocations(stage, "cycles.py")
    await _until_busy(stage, 4)
    await stage.press("question_mark")
    await stage.shows("Help: Allocations", "esc closes")


SCENES = {
    "overview": Scene("cycles", (160, 48), _overview),
    "small": Scene("stall", (80, 24), _small, is_traced=False),
    "collected": Scene("cycles", (120, 32), _collected),
    "traceback": Scene("cycles", (120, 40), _traceback),
    "objects": Scene("cycles", (120, 32), _objects),
    "output": Scene("stall", (120, 44), _output, is_traced=False),
    "pauses": Scene("stall", (160, 24), _pauses, is_traced=False),
    "processes": Scene("prefork", (160, 44), _processes, is_traced=False),
    "help": Scene("cycles", (100, 44), _help),
}
"""By the name of the file, without `.svg`."""


def take(scene: Scene) -> str:
    """Run the scene; its picture, fit to be shown anywhere."""
    os.environ.pop("NO_COLOR", None)  # it would be heeded
    with _in_folder(scene.demo), _watched(scene) as session:
        return portable(asyncio.run(_played(scene, session)))


async def _played(scene: Scene, session: WatchSession) -> str:
    app = GctuiApp(session, rate_hz=RATE_HZ, tracing=TracingOptions(FRAMES))
    async with app.run_test(size=scene.size) as pilot:
        stage = Stage(pilot)
        await stage.until(lambda shown: shown.agent.state == "connected", "the agent")
        await scene.play(stage)
        return stage.picture()


@contextmanager
def _in_folder(demo: str) -> Iterator[None]:
    """A copy of the demo in a folder of its own, which is the current one."""
    try:
        FOLDER.mkdir(mode=0o700)
        folder = FOLDER
    except FileExistsError:  # another one takes pictures as well
        folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER.name}-", dir=FOLDER.parent))
    before = Path.cwd()
    try:
        for one in find_demos():
            if one.name == demo:
                shutil.copy(one.path, folder)
        os.chdir(folder)
        yield
    finally:
        os.chdir(before)
        shutil.rmtree(folder)


@contextmanager
def _watched(scene: Scene) -> Iterator[WatchSession]:
    """The demo, launched as the command line does it; terminated at the end."""
    environment = {"PATH": os.path.dirname(sys.executable), "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
    options = AgentOptions(interval_ms=round(1000 / RATE_HZ), tracing=Tracing(FRAMES if scene.is_traced else 0, 0))
    streams = Streams(STANDARD, new_session=True)  # a terminal, even where this script has none
    started_ns = time.monotonic_ns()
    source = LiveSource(Launch(resolve([f"{scene.demo}.py"], environment), options, streams), started_ns)
    session = WatchSession(source)
    try:
        yield session
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            session.signal(number)
            source.wait(5)
        session.close()


def words(picture: str) -> str:
    """The text of a picture, a line per row of the screen."""
    rows: dict[float, str] = {}
    for y, text in re.findall(r'<text [^>]*? y="([\d.]+)"[^>]*>([^<]*)</text>', picture):
        rows[float(y)] = rows.get(float(y), "") + html.unescape(text).replace("\xa0", " ")
    return "\n".join(rows[y].rstrip() for y in sorted(rows))


def portable(picture: str) -> str:
    """No font from a server: one that is there, of one width. And a third smaller, though it looks the same."""
    picture = re.sub(r"\s*@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    picture = re.sub(r"\s*<!--.*?-->", "", picture, flags=re.DOTALL)
    picture = picture.replace("Fira Code, monospace", FONTS).replace("font-family: arial", "font-family: sans-serif")
    picture = re.sub(r'<clipPath id="[\w-]*-line-\d+">.*?</clipPath>', "", picture, flags=re.DOTALL)
    picture = re.sub(r' clip-path="url\(#[\w-]*-line-\d+\)"', "", picture)
    picture = re.sub(r"\bterminal-\d+-", "", picture)
    picture = picture.replace(' shape-rendering="crispEdges"', "")
    picture = picture.replace("</style>", "rect { shape-rendering: crispEdges }\n</style>")
    return "\n".join(line.strip() for line in picture.splitlines() if line.strip()) + "\n"
