"""Other tools, installed for one run, to measure beside gctui."""

from __future__ import annotations

import subprocess
from pathlib import Path


def install_memray(python: str, folder: Path) -> str | None:
    """The Python of a new environment of `python` in `folder` that has memray; None when it cannot be had here."""
    inside = str(folder / "bin" / "python")
    for command in ((python, "-m", "venv", str(folder)), (inside, "-m", "pip", "--quiet", "install", "memray")):
        if subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            print(f"memray cannot be installed for {python}; it is not measured")
            return None
    return inside
