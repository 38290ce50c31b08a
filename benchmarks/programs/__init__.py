"""Programs whose cost of being watched is measured: `python -m benchmarks.programs.NAME TIMES` does its work so often.

They know nothing of gctui. Each prints what it used itself as one line of JSON.
"""
