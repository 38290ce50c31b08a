"""How many files this process may have open: a family needs two for each of its processes."""

from __future__ import annotations

import resource


class OpenFiles:
    """The limit, raised as far as it is useful and allowed. What is started meanwhile inherits it, so the program has
    to be started before, and is not touched."""

    def __init__(self, wanted: int) -> None:
        self._before = resource.getrlimit(resource.RLIMIT_NOFILE)
        soft, hard = (wanted if limit == resource.RLIM_INFINITY else limit for limit in self._before)
        self.limit = max(soft, min(wanted, hard))
        if self.limit > soft:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.limit, self._before[1]))

    def restore(self) -> None:
        """Those that are open above it stay open."""
        resource.setrlimit(resource.RLIMIT_NOFILE, self._before)
