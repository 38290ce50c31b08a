"""The screens that open over the main one. Each is imported when it is asked for, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gctui.monitor.session import Session
from gctui.monitor.tracing import TracingOptions
from gctui.ui.screens.main_state import MainState
from gctui.ui.widgets.allocations import AllocationsPane

if TYPE_CHECKING:
    from gctui.ui.screens.objects import ObjectsMemory


class MainDrilling(MainState):
    """From a key or a row to what is behind it."""

    def __init__(self, session: Session, tracing: TracingOptions) -> None:
        super().__init__(session, tracing)
        self._objects: ObjectsMemory | None = None

    def action_objects(self) -> None:
        from gctui.ui.screens.objects import ObjectsMemory, ObjectsScreen

        if self.latest is not None:
            self._objects = self._objects or ObjectsMemory()
            self.app.push_screen(ObjectsScreen(self.session, self._objects, self.latest))

    def on_allocations_pane_opened(self, message: AllocationsPane.Opened) -> None:
        from gctui.ui.screens.traceback import TracebackScreen

        opened = (message.row, message.allocations, message.mark, message.view, message.sizes)
        self.app.push_screen(TracebackScreen(*opened))
