"""What runs inside the observed process: the standard library alone, CPython 3.8 and later.

In the observed process this package goes by the private name `_gctui_agent`, loaded by file from
`bootstrap/sitecustomize.py`; the monitor imports the same `wire` module as `gctui.agent.wire`, so that each
format is described in one place. Annotations that 3.8 cannot evaluate are written as strings.
"""
