"""What runs inside the observed process: the standard library alone, CPython 3.8 and later.

In the observed process its modules go by the private name `_gctui_agent`, which is that of `entry.py` there. It begins
in `bootstrap/sitecustomize.py`, and goes on in C in most processes (`native/arrival.c`). The monitor imports the same
`wire` module as `gctui.agent.wire`, so that each format is described in one place. Annotations that 3.8 cannot evaluate
are written as strings.
"""
