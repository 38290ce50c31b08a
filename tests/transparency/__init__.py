"""Does an observer change what a program does? CPython's own test suite is the judge.

Each module of the suite runs bare and under gctui, and what came of every single test is compared. It is no pytest
suite of its own: `make transparency`, or `python -m tests.transparency --help`.
"""
