"""The screens that open over the main one. Each is imported when it is asked for, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gctui.monitor.places import start_folder
from gctui.monitor.session import Session
from gctui.monitor.tracing import TracingOptions
from gctui.ui.screens.main_state import MainState
from gctui.ui.widgets.allocations import AllocationsPane
from gctui.ui.widgets.timeline import TimelinePane

if TYPE_CHECKING:
    from gctui.ui.screens.cycles import CyclesMemory
    from gctui.ui.screens.objects import ObjectsMemory


class MainDrilling(MainState):
    """From a key or a row to what is behind it."""

    def __init__(self, session: Session, tracing: TracingOptions) -> None:
        super().__init__(session, tracing)
        self._objects: ObjectsMemory | None = None
        self._cycles: CyclesMemory | None = None

    @property
    def counted_objects(self) -> int | None:
        census = self._objects.census if self._objects is not None else None
        return census.count if census is not None else None

    def forget_process(self) -> None:
        super().forget_process()
        self._objects = self._cycles = None

    def action_objects(self) -> None:
        from gctui.ui.screens.objects import ObjectsMemory, ObjectsScreen

        if self.latest is not None:
            self._objects = self._objects or ObjectsMemory()
            self.app.push_screen(ObjectsScreen(self.session, self._objects, self.latest))

    def action_cycles(self) -> None:
        from gctui.ui.screens.cycles import CyclesMemory, CyclesScreen

        if self.latest is not None:
            self._cycles = self._cycles or CyclesMemory()
            self.app.push_screen(CyclesScreen(self.session, self._cycles, self.latest))

    def action_pauses(self) -> None:
        from gctui.ui.screens.pauses import PausesScreen

        if self.latest is not None:
            self.app.push_screen(PausesScreen(self.latest, start_folder()))

    def on_timeline_pane_opened(self, _: TimelinePane.Opened) -> None:
        self.action_pauses()

    def action_notices(self) -> None:
        from gctui.ui.screens.notices import NoticesScreen

        if self.latest is not None:
            self.app.push_screen(NoticesScreen(self.session, self.latest))

    def on_allocations_pane_opened(self, message: AllocationsPane.Opened) -> None:
        from gctui.ui.screens.traceback import TracebackScreen

        opened = (message.row, message.allocations, message.mark, message.view, message.sizes)
        self.app.push_screen(TracebackScreen(*opened))
