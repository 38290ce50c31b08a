"""How far down the family gctui follows: the program's children are the first generation, theirs the second."""

import os

from . import wire


class Following:
    """What this process passes on to its children. A fork inherits an agent, another program what the environment
    says."""

    def __init__(self, folder: str, settings: "dict[str, int]", bootstrap: str) -> None:
        """`bootstrap`: the folder that gctui put in front of PYTHONPATH."""
        self._folder, self._settings, self._bootstrap = folder, settings, bootstrap
        self._generations = settings.get("follow", wire.ALL_GENERATIONS)
        self.is_followed = True
        if self._generations < wire.ALL_GENERATIONS:
            self._tell_children()

    def enter_child(self) -> bool:
        """In a forked child: whether it is to have an agent."""
        if self._generations < wire.ALL_GENERATIONS:
            self._generations -= 1
            self.is_followed = self._generations >= 0
            if self.is_followed:
                self._tell_children()
        return self.is_followed

    def _tell_children(self) -> None:
        """Change what is in the environment, which costs the program nothing unless the user limited it; or leave
        nothing there."""
        if self._generations > 0:
            settings = dict(self._settings, follow=self._generations - 1)
            os.environ[wire.VARIABLE] = wire.encode_settings(self._folder, settings)
            return
        os.environ.pop(wire.VARIABLE, None)
        rest = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry != self._bootstrap]
        if any(rest):
            os.environ["PYTHONPATH"] = os.pathsep.join(rest)
        else:
            os.environ.pop("PYTHONPATH", None)
