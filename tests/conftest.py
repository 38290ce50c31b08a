"""What holds for all tests."""

from __future__ import annotations

import os

# A worker of pytest-xdist has them set, and programs take them for the size of the terminal that a test gives them.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)
