"""See and steer Python's memory management live, in a terminal, on a program nobody changed."""

__version__ = "0.1.0.dev0"
