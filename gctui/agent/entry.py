"""The agent's first module, and in nearly all processes its only one.

The launched process holds the pipe, and begins to speak at once (`start.py`). Each other one of the family is a
visitor, in C (native/visitor.c): it records, and loads the rest when somebody speaks to it. What this module imports is
there in any Python that has come to `site`.
"""

import sys
from posix import O_CLOEXEC, O_RDONLY, close, fstat, read, stat
from posix import open as open_file

#: Its functions run in the middle of the program too, which may have changed Python's by then. Those of the other
#: modules get the same.
__builtins__ = dict(vars(sys.modules["builtins"]))  # type: ignore[assignment]

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Callable, Optional

    from .loading import Own

    #: The agent's files by their paths: when each was changed, in seconds, and what is in it. None: they are read when
    #: they are needed, and written when they had to be compiled, since the program does not run yet.
    Files = Optional[dict[str, tuple[int, bytes]]]
    Load = Callable[[Files], Own]

_importlib = sys.modules["_frozen_importlib_external"]
#: Modules of Python's that programs replace functions of.
_PATCHED = ("time", "posix", "_thread", "_signal")
#: As in `wire`, which is not loaded here.
SMALL_CAPACITY = 2048
#: What multiprocessing's own processes run, by `-c`.
HELPERS = ("from multiprocessing.resource_tracker import main", "from multiprocessing.forkserver import main")


def begin(value: str, own_folder: str, bootstrap: str, native: "Any") -> None:
    """Begin in this interpreter. `value`: what is in the environment. `own_folder` ends in a slash. `bootstrap`: the
    folder that is in front of PYTHONPATH. `native`: the C part, or None. Never raises what the program would see."""
    folder, settings = decode_settings(value)
    as_they_are = {name: dict(vars(sys.modules[name])) for name in _PATCHED if name in sys.modules}
    as_they_are["builtins"] = __builtins__  # type: ignore[assignment]
    this = sys.modules["_gctui_agent"]

    def load(files: "Files") -> "Own":
        path = own_folder + "loading.py"
        module = type(sys)("_gctui_agent")
        vars(module).update(__file__=path, __builtins__=__builtins__)
        exec(code_of("_gctui_agent", path, files), vars(module))
        own = module.Own(own_folder, native, as_they_are, files, this)  # type: Own
        return own

    if native is None or not _is_visitor(settings, native):
        modules = load(None)
        modules.start.start(folder, settings, own_folder, bootstrap)
        modules.begin_to_be_quiet()
    else:
        _visit(folder, settings, own_folder, native, load)


def decode_settings(value: str) -> "tuple[str, dict[str, int]]":
    """The reverse of `wire.encode_settings`; ValueError on anything else."""
    numbers, folder = value.split("\n", 1)
    pairs = [item.split("=") for item in numbers.split(",")]
    return folder, {name: int(number) for name, number in pairs}


def code_of(name: str, path: str, files: "Files") -> "CodeType":
    """What is in a source file, from its compiled one where that is there. OSError when it cannot be read."""
    loader = _importlib.SourceFileLoader(name, path)
    if files is not None:

        def path_stats(path: str) -> "dict[str, int]":
            modified, data = _found(files, path)
            return {"mtime": modified, "size": len(data)}

        def get_data(path: str) -> bytes:
            return _found(files, path)[1]

        def set_data(*_: object, **__: object) -> None:
            """Nothing is written in the middle of the program."""

        loader.path_stats, loader.get_data, loader.set_data = path_stats, get_data, set_data
    code = loader.get_code(name)  # type: CodeType
    return code


def _found(files: "dict[str, tuple[int, bytes]]", path: str) -> "tuple[int, bytes]":
    found = files.get(path)
    if found is None:
        raise OSError("gctui's file %s cannot be read any more" % path)
    return found


def _is_visitor(settings: "dict[str, int]", native: "Any") -> bool:
    """Not where the user wants something of each process from its first line on, or of its children."""
    is_plain = "follow" not in settings and not any(name.startswith("gc_") for name in settings)
    return is_plain and native.interpreter_number() == 0 and not has_pipe(settings)


def has_pipe(settings: "dict[str, int]") -> bool:
    """Whether this process has inherited the pipe, which others may hold as well."""
    try:
        return fstat(settings["read"]).st_ino == settings["read_inode"]
    except (OSError, KeyError):
        return False


def _visit(folder: str, settings: "dict[str, int]", own_folder: str, native: "Any", load: "Load") -> None:
    import atexit
    import gc
    from os import fsencode, register_at_fork

    def succeed() -> None:
        try:
            load(visitor.files()).start.succeed(visitor, callback, folder, settings, own_folder)
        except BaseException as error:
            visitor.give_up("%s: %s" % (type(error).__name__, error))

    callback, failure = native.Callback(gc, own_folder, fsencode(folder), 0), None
    try:
        callback.open_ring(SMALL_CAPACITY)
    except OSError as error:
        callback, failure = None, "no flight recorder: %s" % error
    sources = own_folder + "*.py"
    patterns = fsencode(sources), fsencode(_importlib.cache_from_source(sources))
    visitor = native.Visitor(callback, gc, fsencode(folder), patterns, native.unseen(succeed))
    if not is_multiprocessing_helper():
        visitor.greet(failure)
    register_at_fork(
        before=visitor.before_fork, after_in_parent=visitor.start, after_in_child=visitor.after_fork_in_child
    )
    atexit.register(visitor.leave)
    if callback is not None:
        gc.callbacks.append(callback)
    visitor.start()
    if not is_compiled(own_folder + "shown.py"):  # which is compiled last
        load(None).begin_to_be_quiet()


def is_compiled(path: str) -> bool:
    """By this version before."""
    try:
        stat(_importlib.cache_from_source(path))
    except OSError:
        return False
    return True


def is_multiprocessing_helper() -> bool:
    """Whether this is the resource tracker or the fork server of multiprocessing, in which no thread is started: the
    one must end at once, the other forks all the time."""
    words = getattr(sys, "orig_argv", None) or _command_line()
    code = words[words.index("-c") + 1 :][:1] if "-c" in words else []
    return any(helper in word for helper in HELPERS for word in code)


def _command_line() -> "list[str]":
    """Before Python 3.10, which is the first to keep it."""
    try:
        descriptor = open_file("/proc/self/cmdline", O_RDONLY | O_CLOEXEC)
        words = read(descriptor, 4096).decode("utf-8", "replace").split("\0")
        close(descriptor)
    except OSError:
        return []
    return words
