"""Forks in a second thread, twenty times."""

import os
import threading
import warnings

warnings.simplefilter("ignore")  # from 3.12 on such a fork warns, with and without gctui


def fork() -> None:
    for _ in range(20):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)


thread = threading.Thread(target=fork)
thread.start()
thread.join()
print("forked")
