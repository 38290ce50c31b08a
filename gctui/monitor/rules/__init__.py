"""Rules that watch the collector. Here are their names alone: the command line lists them, and is to start quickly."""

from __future__ import annotations

NAMES = (
    "long-full",
    "useless-full",
    "share",
    "calls-collect",
    "growing",
    "disabled",
    "frozen-garbage",
    "starved",
    "uncollectable",
    "saveall",
)
"""Of several that become true together, the first is to be read first."""
