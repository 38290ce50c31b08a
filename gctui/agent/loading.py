"""How the agent's modules come into the observed process: beside the import system, which the program may look at and
change.

A module is run when another one first asks for it. Every Python process of the family starts an agent, and most are
never spoken to: they run a third of the modules. The rest must not show in the program when its time comes. So
`sys.modules` has none of them, but this one: a dictionary that changes its size while the program goes through it
raises in the program. What they import of the standard library is found without it as well, and as it was at the start,
whatever the program has put in its place. And their files can be read before they are needed, since the program may
change its root or its user.
"""

import _imp
import builtins
import posix
import sys

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any

#: What each process needs that records, what one needs that is spoken to, and what is about its objects.
NAMES = (
    "start", "wire", "collector", "following", "handlers", "recorder", "visitor", "descriptor", "door", "greeting",
    "agent", "link", "channel", "thread", "gauges", "steering", "tracer", "unasked", "snapshots", "allocations",
    "still", "callback",
    "objects", "census", "kinds", "own", "edges", "loops", "garbage", "probe", "referrers", "shown",
)  # fmt: skip
#: Modules of Python's that programs replace functions of.
_PATCHED = ("time", "posix", "_thread", "_signal")

_Module: "Any" = type(sys)
_Loader: "Any" = type(__spec__.loader)  # SourceFileLoader, as the import system has it
_ordinary_import = builtins.__import__


class _Source(_Loader):  # type: ignore[misc]
    """The file of one module, as it was when it was kept, or else as it is when it is run."""

    _stats = None  # type: dict[str, float] | None

    def keep(self) -> None:
        """Read now what `code` will need. OSError when it is not there."""
        stats = super().path_stats(self.path)
        path = sys.modules["_frozen_importlib_external"].cache_from_source(self.path)
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

    def __init__(self, folder: str) -> None:
        """`folder` ends in a slash."""
        self._folder, self._may_write = folder, True
        self._sources = {name: _Source("%s.%s" % (__name__, name), folder + name + ".py") for name in NAMES}
        self._package = _Module(__name__)  # what `from . import` takes them from
        self._standard = {name: _as_it_is(name) for name in _PATCHED if name in sys.modules}
        self._standard.update(sys=sys, builtins=builtins)
        self._builtins = dict(vars(builtins), __import__=self._import)

    def __getattr__(self, name: str) -> "ModuleType":
        found = vars(self._package).get(name)  # type: ModuleType | None
        return self._run(name) if found is None else found

    def _run(self, name: str) -> "ModuleType":
        if name == "_native":
            extension = _extension("%s.%s" % (__name__, name), self._folder + name)
            setattr(self._package, name, extension)
            return extension
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

    def has_begun(self) -> None:
        """The program runs from here on: nothing is written any more. But before, so that it need not be compiled
        when it is asked for, all that is not there yet."""
        if self._sources and not sys.dont_write_bytecode:
            source = self._sources["shown"]
            compiled = sys.modules["_frozen_importlib_external"].cache_from_source(source.path)
            if not _exists(compiled) and posix.access(self._folder, posix.W_OK):
                for source in self._sources.values():
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


def _as_it_is(name: str) -> "ModuleType":
    """A copy that the program cannot change. Of what the program may put into such a module nothing is kept alive."""
    copy = _Module("%s.%s" % (__name__, name))  # type: ModuleType
    vars(copy).update(
        (key, value) for key, value in vars(sys.modules[name]).items() if callable(value) or type(value) is int
    )
    return copy


def _standard(name: str) -> "ModuleType":
    is_lasting = name == "atexit" and sys.version_info < (3, 10)  # a second one would silence the first
    if name in sys.modules or name not in sys.builtin_module_names or is_lasting:
        return _ordinary_import(name)
    # Here a module may be put into `sys.modules` by its own first call. It is taken out in the same call into C, in
    # which no other code runs.
    spec: "Any" = _Spec(name, "")
    ((module, _),) = list(zip(map(_imp.create_builtin, (spec,)), map(sys.modules.pop, (name,), (None,))))
    _imp.exec_builtin(module)
    return module


class _Spec:
    """As much of a module's specification as the creation of one in C looks at."""

    def __init__(self, name: str, origin: str) -> None:
        self.name, self.origin = name, origin


def _extension(name: str, path: str) -> "ModuleType":
    """ImportError where it was not built."""
    for suffix in _imp.extension_suffixes():
        if _exists(path + suffix):
            spec: "Any" = _Spec(name, path + suffix)
            module = _imp.create_dynamic(spec)
            _imp.exec_dynamic(module)
            return module
    raise ImportError("gctui's C part was not built", name=name)
