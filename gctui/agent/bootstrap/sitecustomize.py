"""How the agent gets into a program that nobody changed: `site` imports this file, the first `sitecustomize` on the
path.

It leaves no trace of itself on `sys.path` or in `sys.modules`, and then makes the import come out as it would have
without it: the next `sitecustomize` on the path is run in its place, or there is none. Nothing that goes wrong here may
show in the program.
"""

import sys

#: Of these the agent, whenever it is loaded, gets the functions as they are now: programs replace some of them.
_PATCHED = ("builtins", "time", "posix", "_thread", "_signal")


def _start():
    import os

    value = os.environ.get("GCTUI_AGENT")
    if not value or "_gctui_agent" in sys.modules:
        return
    here = os.path.dirname(__file__)
    package = os.path.dirname(here) + os.sep
    before = set(sys.modules)
    as_they_are = {name: dict(vars(sys.modules[name])) for name in _PATCHED if name in before}
    as_they_are["builtins"]["__lazy_import__"] = __import__  # from 3.15 on the user can make all imports lazy
    agent = sys.modules["_gctui_agent"] = type(sys)("_gctui_agent")
    agent.__builtins__ = as_they_are["builtins"]
    try:
        native = _native(package + "_native.abi3.so")
        is_complete = None if native is None else native.visit(value, package, agent, as_they_are)
        if not is_complete:
            exec(_external.SourceFileLoader("_gctui_agent", package + "entry.py").get_code("_gctui_agent"), vars(agent))
            if is_complete is None:
                agent.begin(value, package, here, native, as_they_are)
            else:
                agent.compile_all(package, native, as_they_are)
    finally:
        for name in set(sys.modules) - before:
            # A program must not find a module imported that it never imported. Before 3.10 a second atexit would
            # silence the first.
            if name != "_gctui_agent" and (name != "atexit" or sys.version_info >= (3, 10)):
                del sys.modules[name]


_external, _internal = sys.modules["_frozen_importlib_external"], sys.modules["_frozen_importlib"]


def _native(path):
    """The agent's C part; None where it was not built, and on a free-threaded Python, for which it is not."""
    import _imp

    if "t" in getattr(sys, "abiflags", ""):
        return None
    spec = _external.spec_from_file_location("_gctui_agent._native", path)
    try:
        module = _imp.create_dynamic(spec)
        _imp.exec_dynamic(module)
    except Exception:
        return None
    return module


def _step_aside():
    """Run the sitecustomize that would have run, or fail as the import would have failed."""
    import os

    here = os.path.dirname(__file__)  # as gctui put it into PYTHONPATH: there may be no current folder to ask
    sys.path[:] = [entry for entry in sys.path if entry != here]
    sys.path_importer_cache.pop(here, None)
    spec = _external.PathFinder.find_spec("sitecustomize", sys.path)
    if spec is None:
        raise ImportError("No module named 'sitecustomize'", name="sitecustomize")
    sys.modules.pop("sitecustomize", None)
    _internal._load(spec)


try:
    _start()
except BaseException:
    pass  # a program that runs without gctui runs with it; the monitor says that no agent answered
_step_aside()
