"""Which collector an interpreter has."""

import sys


def collector_kind() -> str:
    """'generational', 'free-threaded' or 'incremental', which 3.14.0 to 3.14.4 had (CPython issue 148726)."""
    if "t" in getattr(sys, "abiflags", ""):
        return "free-threaded"
    return "incremental" if (3, 14, 0) <= sys.version_info[:3] < (3, 14, 5) else "generational"
