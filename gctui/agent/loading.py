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
    from typing import Any

#: First what one needs that is spoken to, then what is about its objects.
NAMES = (
    "start", "wire", "entry", "collector", "following", "handlers", "recorder", "callback", "greeting", "descriptor",
    "door", "link", "channel", "thread", "agent", "gauges", "steering", "tracer", "unasked", "snapshots", "allocations",
    "still",
    "objects", "census", "kinds", "own", "edges", "loops", "garbage", "probe", "referrers", "shown",
)  # fmt: skip

_Module: "Any" = type(sys)
_Loader: "Any" = type(__spec__.loader)  # SourceFileLoader, as the import system has it
_ordinary_import = builtins.__import__


class _Source(_Loader):  # type: ignore[misc]
    """The file of one module, as it was when it was kept, or else as it is when it is run."""

    _stats = None  # type: dict[str, float] | None

    def keep(self) -> None:
        """Read now what `code` will need. OSError when it is not there."""
        stats = super().path_stats(self.path)
        path = _compiled(self.path)
        try:
            data = super().get_data(path)
        except OSError:
            path, data = self.path, super().get_data(self.path)
        self._stats, self._kept = stats, (path, data)

    def path_stats(self, path: str) -> "dict[str, float]":
        found = self._stats or super().path_stats(path)  # type: dict[str, float]
        return found

    def get_data(self, path: str) -> bytes:
        kept = self._stats and self._kept
        read = kept[1] if kept and kept[0] == path else super().get_data(path)  # type: bytes
        return read

    def code(self, may_write: bool) -> "CodeType":
        if not may_write:
            self.set_data = _write_nothing
        code = self.get_code(self.name)  # type: CodeType
        return code


def _write_nothing(*_: object, **__: object) -> None:
    pass


class Own:
    """The agent's modules by name, and what they import."""

    def __init__(
        self, folder: str, native: "ModuleType | None", as_they_are: "dict[str, dict[str, Any]]", may_write: bool
    ) -> None:
        """`folder` ends in a slash. `native`: the C part, if it was built. `as_they_are`: what was in modules of
        Python's, by their names, before the program could change them. `may_write`: before the program runs, so that
        what is compiled is kept for the next."""
        self._folder, self._may_write = folder, may_write
        self._sources = {name: _Source("%s.%s" % (__name__, name), folder + name + ".py") for name in NAMES}
        self._package = _Module(__name__)  # what `from . import` takes them from
        if native is not None:
            self._package._native = native
        self._standard = {name: _copy(name, found) for name, found in as_they_are.items()}
        self._standard.update(sys=sys, builtins=builtins)
        self._builtins = dict(vars(builtins), __import__=self._import)

    def __getattr__(self, name: str) -> "ModuleType":
        found = vars(self._package).get(name)  # type: ModuleType | None
        return self._run(name) if found is None else found

    def _run(self, name: str) -> "ModuleType":
        if name not in self._sources:
            raise ImportError("there is no %s" % name, name=name)
        source = self._sources.pop(name)
        module = _Module(source.name)  # type: ModuleType
        vars(module).update(__package__=__name__, __file__=source.path, __builtins__=self._builtins)
        setattr(self._package, name, module)
        exec(source.code(self._may_write), vars(module))
        return module

    def _import(self, name, given=None, own=None, names=(), level: int = 0):  # type: ignore[no-untyped-def]
        """What an `import` in one of the modules calls."""
        if not level:
            found = self._standard.get(name)
            if found is None:
                found = self._standard[name] = _standard(name)
            return found
        if name:
            module = getattr(self, name)  # type: ModuleType
            return module
        for one in names:
            getattr(self, one)
        return self._package

    def begin_to_be_quiet(self) -> None:
        """The program runs from here on: nothing is written any more. But before, all that has not been compiled is, so
        that it need not be when it is needed, in the middle of the program."""
        if self._may_write and not sys.dont_write_bytecode and posix.access(self._folder, posix.W_OK):
            for source in self._sources.values():
                if not _exists(_compiled(source.path)):
                    source.code(may_write=True)
        self._may_write = False

    def keep(self) -> None:
        """Read the files of all that has not been run. OSError when they are not there."""
        for source in self._sources.values():
            if source._stats is None:
                source.keep()


def _exists(path: str) -> bool:
    try:
        posix.stat(path)
    except OSError:
        return False
    return True


def _compiled(path: str) -> str:
    found = sys.modules["_frozen_importlib_external"].cache_from_source(path)  # type: str
    return found


def _copy(name: str, found: "dict[str, Any]") -> "ModuleType":
    """A module that the program cannot change. Of what the program may put into such a one nothing is kept alive."""
    module = _Module("%s.%s" % (__name__, name))  # type: ModuleType
    vars(module).update((key, value) for key, value in found.items() if callable(value) or type(value) is int)
    return module


def _standard(name: str) -> "ModuleType":
    found = sys.modules.get(name)
    if found is not None:
        return found
    if name not in sys.builtin_module_names or (name == "atexit" and sys.version_info < (3, 10)):
        return _ordinary_import(
            name
        )  # at the start: for a second atexit, which silences the first, and without the C part
    # Here a module may be put into `sys.modules` by its own first call. It is taken out in the same call into C, in
    # which no other code runs.
    spec: "Any" = _Spec(name)
    ((module, _),) = list(zip(map(_imp.create_builtin, (spec,)), map(sys.modules.pop, (name,), (None,))))
    _imp.exec_builtin(module)
    return module


class _Spec:
    """As much of a module's specification as the creation of one in C looks at."""

    def __init__(self, name: str) -> None:
        self.name = name
