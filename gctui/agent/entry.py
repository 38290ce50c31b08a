"""The agent's first module, and in nearly all processes its only one.

The launched process holds the pipe, and begins to speak at once (`start.py`). Each other one of the family is a
visitor, in C (native/visitor.c): it records, and loads the rest when somebody speaks to it. What this module imports is
there in any Python that has come to `site`.
"""

import sys
from posix import O_CLOEXEC, O_RDONLY, close, fstat, read, stat
from posix import open as open_file

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable

    from .loading import Own

    Load = Callable[["ModuleType | None", "dict[str, dict[str, Any]]", bool], Own]

#: Modules of Python's that programs replace functions of.
_PATCHED = ("time", "posix", "_thread", "_signal")
#: As in `wire`, which is not loaded here.
SMALL_CAPACITY = 2048
#: What multiprocessing's own processes run, by `-c`.
HELPERS = ("from multiprocessing.resource_tracker import main", "from multiprocessing.forkserver import main")


def begin(value: str, own_folder: str, bootstrap: str, native: "Any", load: "Load") -> None:
    """Begin in this interpreter. `value`: what is in the environment. `bootstrap`: the folder that is in front of
    PYTHONPATH. `native`: the C part, or None. `load` makes the agent's modules. Never raises what the program would
    see."""
    folder, settings = decode_settings(value)
    as_they_are = {name: dict(vars(sys.modules[name])) for name in _PATCHED if name in sys.modules}
    if native is None or not _is_visitor(settings, native):
        modules = load(native, as_they_are, True)
        modules.start.start(folder, settings, own_folder, bootstrap, modules.keep)
        modules.begin_to_be_quiet()
    else:
        _visit(folder, settings, own_folder, native, as_they_are, load)


def decode_settings(value: str) -> "tuple[str, dict[str, int]]":
    """The reverse of `wire.encode_settings`; ValueError on anything else."""
    numbers, folder = value.split("\n", 1)
    pairs = [item.split("=") for item in numbers.split(",")]
    return folder, {name: int(number) for name, number in pairs}


def _is_visitor(settings: "dict[str, int]", native: "Any") -> bool:
    """Not where the user wants something of each process from its first line on, or of its children."""
    is_plain = "follow" not in settings and not any(name.startswith("gc_") for name in settings)
    is_ordinary = "t" not in getattr(sys, "abiflags", "") and native.interpreter_number() == 0
    return is_plain and is_ordinary and not has_pipe(settings)


def has_pipe(settings: "dict[str, int]") -> bool:
    """Whether this process has inherited the pipe, which others may hold as well."""
    try:
        return fstat(settings["read"]).st_ino == settings["read_inode"]
    except (OSError, KeyError):
        return False


def _visit(
    folder: str,
    settings: "dict[str, int]",
    own_folder: str,
    native: "Any",
    as_they_are: "dict[str, dict[str, Any]]",
    load: "Load",
) -> None:
    import atexit
    import gc
    from os import fsencode, register_at_fork

    loaded = []  # type: list[Own]

    def modules() -> "Own":
        if not loaded:
            loaded.append(load(native, as_they_are, False))
        return loaded[0]

    def succeed() -> None:
        try:
            modules().start.succeed(visitor, callback, folder, settings, own_folder)
        except BaseException as error:
            visitor.give_up("%s: %s" % (type(error).__name__, error))

    def keep() -> None:
        modules().keep()

    callback, failure = native.Callback(gc, own_folder, fsencode(folder), 0), None
    try:
        callback.open_ring(SMALL_CAPACITY)
    except OSError as error:
        callback, failure = None, "no flight recorder: %s" % error
    visitor = native.Visitor(callback, gc, fsencode(folder), native.unseen(succeed), native.unseen(keep))
    if not is_multiprocessing_helper():
        visitor.greet(failure)
    register_at_fork(
        before=visitor.before_fork, after_in_parent=visitor.start, after_in_child=visitor.after_fork_in_child
    )
    atexit.register(visitor.leave)
    if callback is not None:
        gc.callbacks.append(callback)
    visitor.start()
    if not _is_compiled(own_folder):
        load(native, as_they_are, True).begin_to_be_quiet()


def _is_compiled(own_folder: str) -> bool:
    """By this version before; looked for in the module that is compiled last."""
    try:
        stat(sys.modules["_frozen_importlib_external"].cache_from_source(own_folder + "shown.py"))
    except OSError:
        return False
    return True


def is_multiprocessing_helper() -> bool:
    """Whether this is the resource tracker or the fork server of multiprocessing, in which no thread is started: the
    one must end at once, the other forks all the time."""
    words = getattr(sys, "orig_argv", None) or _command_line()
    return "-c" in words and any(helper in words[words.index("-c") + 1 :][0] for helper in HELPERS)


def _command_line() -> "list[str]":
    """Before Python 3.10, which is the first to keep it."""
    try:
        descriptor = open_file("/proc/self/cmdline", O_RDONLY | O_CLOEXEC)
        words = read(descriptor, 4096).decode("utf-8", "replace").split("\0")
        close(descriptor)
    except OSError:
        return []
    return words
