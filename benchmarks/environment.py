"""The variables that a measured program is given, whatever those of the person who measures are."""

from __future__ import annotations

import os


def environment(cache: str | None) -> dict[str, str]:
    """Compiled files are kept in the folder `cache`, as they are for a user, but apart from the checkout; with None
    there are none, as where the files of an installation were never compiled and cannot be written."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    compiled = {"PYTHONDONTWRITEBYTECODE": "1"} if cache is None else {}
    return {**others, "PYTHONPYCACHEPREFIX": cache or "/nowhere", **compiled, "PYTHONHASHSEED": "0"}
