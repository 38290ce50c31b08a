"""What the program printed to its terminal: raw lines, bounded."""

from __future__ import annotations


class Output:
    """Lines as they came, by number: `first` to `end` - 1, the last one possibly unfinished."""
