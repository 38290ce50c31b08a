"""How the agent's modules come into the observed process: beside the import system, which the program may look at and
change.

A module is run when another one first asks for it, which can be at any time, in the middle of the program. So
`sys.modules` has none of them: a dictionary that changes its size while the program goes through it raises in the
program. What they import of the standard library is found without it as well, and as it was at the start, whatever the
program has put in its place. And their files can be read before they are needed, since the program may change its root
or its user.
"""

import _imp
import builtins
import posix
import sys

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any, Callable, Optional

    from .entry import AsTheyAre, Files

#: First what one needs that is spoken to, then what is about its objects.
NAMES = (
    "start", "wire", "collector", "following", "handlers", "recorder", "callback", "greeting", "descriptor",
    "door", "link", "channel", "thread", "agent", "gauges", "steering", "tracer", "unasked", "snapshots", "allocations",
    "still",
    "objects", "census", "kinds", "own", "edges", "loops", "garbage", "probe", "referrers", "shown",
)  # fmt: skip

_Module: "Any" = type(sys)
_importlib = sys.modules["_frozen_importlib_external"]


class Own:
    """The agent's modules by name, and what they import."""

    def __init__(
        self,
        folder: str,
        native: "ModuleType | None",
        as_they_are: "AsTheyAre",
        files: "Optional[Files]",
        code_of: "Callable[[str, str, Optional[Files]], CodeType]",
    ) -> None:
        """`folder` ends in a slash. `native`: the C part, if it was built. `files`: None before the program runs.
        `code_of`: that of `entry.py`."""
        self._folder, self._files = folder, files
        self._code_of = code_of
        self._paths = {name: folder + name + ".py" for name in NAMES}
        self._package = _Module(__name__)  # what `from . import` takes them from
        if native is not None:
            self._package._native = native
        self._builtins = dict(as_they_are["builtins"], __import__=self._import, __lazy_import__=self._import)
        self._ordinary_import = as_they_are["builtins"]["__import__"]
        self._standard = {name: _copy(name, found) for name, found in as_they_are.items()}
        self._standard.update(sys=sys, builtins=builtins)

    def __getattr__(self, name: str) -> "ModuleType":
        found = vars(self._package).get(name)  # type: ModuleType | None
        return self._run(name) if found is None else found

    def _run(self, name: str) -> "ModuleType":
        path = self._paths.pop(name, "")
        if not path:
            raise ImportError("there is no %s" % name, name=name)
        module = _Module("%s.%s" % (__name__, name))  # type: ModuleType
        vars(module).update(__package__=__name__, __file__=path, __builtins__=self._builtins)
        setattr(self._package, name, module)
        exec(self._code_of(module.__name__, path, self._files), vars(module))
        return module

    def _import(self, name, given=None, own=None, names=(), level: int = 0):  # type: ignore[no-untyped-def]
        """What an `import` in one of the modules calls."""
        if not level:
            found = self._standard.get(name)
            if found is None:
                found = self._standard[name] = self._find(name)
            return found
        if name:
            module = getattr(self, name)  # type: ModuleType
            return module
        for one in names:
            getattr(self, one)
        return self._package

    def _find(self, name: str) -> "ModuleType":
        """A module of Python's."""
        found = sys.modules.get(name)
        if found is not None:
            return found
        if name not in sys.builtin_module_names or (name == "atexit" and sys.version_info < (3, 10)):
            # At the start: for a second atexit, which silences the first, and without the C part.
            module = self._ordinary_import(name)  # type: ModuleType
            return module
        # Here a module may be put into `sys.modules` by its own first call. It is taken out in the same call into C, in
        # which no other code runs.
        spec: "Any" = _Spec(name)
        ((made, _),) = list(zip(map(_imp.create_builtin, (spec,)), map(sys.modules.pop, (name,), (None,))))
        _imp.exec_builtin(made)
        return made

    def begin_to_be_quiet(self) -> None:
        """The program runs from here on: nothing is read or written any more. So all that has not been compiled is, and
        what may be needed later is read. The agent's thread may be asked something meanwhile, and run some of it."""
        self.compile_all()
        files = _Kept()
        for path in list(self._paths.values()):
            files.keep(path)
            files.keep(_importlib.cache_from_source(path))
        self._files = files

    def compile_all(self) -> None:
        """All that this version of Python has not compiled before, where it may."""
        if not sys.dont_write_bytecode and posix.access(self._folder, posix.W_OK):
            for path in list(self._paths.values()):
                if not posix.access(_importlib.cache_from_source(path), posix.F_OK):
                    self._code_of(__name__, path, None)


class _Kept:
    """Files that are read before they are needed. In a visitor its C part keeps them."""

    def __init__(self) -> None:
        self._found = {}  # type: dict[str, tuple[dict[str, int], bytes]]

    def keep(self, path: str) -> None:
        try:
            descriptor = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
        except OSError:
            return  # it is said when it is needed
        try:
            found = posix.fstat(descriptor)
            stats = {"mtime": int(found.st_mtime), "size": found.st_size}
            self._found[path] = stats, posix.read(descriptor, found.st_size)
        finally:
            posix.close(descriptor)

    def path_stats(self, path: str) -> "dict[str, int]":
        return self._get(path)[0]

    def get_data(self, path: str) -> bytes:
        return self._get(path)[1]

    def set_data(self, *_: object, **__: object) -> None:
        """Nothing is written in the middle of the program."""

    def _get(self, path: str) -> "tuple[dict[str, int], bytes]":
        found = self._found.get(path)
        if found is None:
            raise OSError("gctui's file %s cannot be read any more" % path)
        return found


def _copy(name: str, found: "dict[str, Any]") -> "ModuleType":
    """A module that the program cannot change. Of what the program may put into such a one nothing is kept alive."""
    module = _Module("%s.%s" % (__name__, name))  # type: ModuleType
    vars(module).update((key, value) for key, value in found.items() if callable(value) or type(value) is int)
    return module


class _Spec:
    """As much of a module's specification as the creation of one in C looks at."""

    def __init__(self, name: str) -> None:
        self.name = name
