"""Forks in a finalizer, in the middle of a collection."""

import gc
import os


class Forking:
    def __del__(self) -> None:
        pid = os.fork()
        if pid == 0:
            gc.collect(1)
            os._exit(0)
        os.waitpid(pid, 0)


gc.disable()
for _ in range(10):
    one = Forking()
    one.itself = one  # type: ignore[attr-defined]
    del one
    gc.collect()
print("forked")
