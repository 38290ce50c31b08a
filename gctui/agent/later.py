"""The modules that only a question about the program's objects needs: read when the agent starts, run when the first
question comes, or never. Every Python process of the family starts an agent, and most are asked nothing.

Running them then must not show in the program. So they are in `sys.modules` from the start, empty: a dictionary that
changes its size while the program goes through it raises in the program. What they import of the standard library is
imported here, and found here. And their files are read at the start, since the program may change its root or its user.
"""

import _collections
import _functools
import _operator
import _thread
import _tracemalloc
import _weakref
import builtins
import gc
import itertools
import os
import sys
import time

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any

#: `objects` comes first: it is what the rest is asked through.
NAMES = ("objects", "census", "kinds", "own", "edges", "loops", "garbage", "probe", "referrers", "shown")

_STANDARD = {
    module.__name__: module
    for module in (
        _collections, _functools, _operator, _thread, _tracemalloc, _weakref, builtins, gc, itertools, os, sys, time,
    )
}  # fmt: skip
_ordinary_import = builtins.__import__

_Module: "Any" = type(sys)
_Loader: "Any" = type(__spec__.loader)  # SourceFileLoader, as the import system has it


class _Reader(_Loader):  # type: ignore[misc]
    """Reads at once what it is asked for later. OSError when the source is not there."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, path)
        self._stats = super().path_stats(path)  # type: dict[str, float]
        self._data = {}  # type: dict[str, bytes]
        compiled = sys.modules["_frozen_importlib_external"].cache_from_source(path)
        try:
            self._data[compiled] = super().get_data(compiled)
        except OSError:
            self._data[path] = super().get_data(path)
            if not sys.dont_write_bytecode and os.access(os.path.dirname(path), os.W_OK):
                self.get_code(name)  # for the next start: later nothing is written

    def path_stats(self, path: str) -> "dict[str, float]":
        return self._stats

    def get_data(self, path: str) -> bytes:
        """What was read; what was not, a source whose compiled file is older, is read now."""
        found = self._data.get(path)
        read = super().get_data(path) if found is None else found  # type: bytes
        return read

    def code(self) -> "CodeType":
        self.set_data = _write_nothing
        code = self.get_code(self.name)  # type: CodeType
        return code


def _write_nothing(*_: object, **__: object) -> None:
    pass


def _import(name: str, given=None, own=None, names=(), level: int = 0):  # type: ignore[no-untyped-def]
    return _ordinary_import(name, given, own, names, level) if level else _STANDARD[name]


def prepare(package: str, folder: str) -> "ModuleType":
    """Put the empty modules into `sys.modules`; the first of them."""
    built_in = dict(vars(builtins), __import__=_import)
    for name in NAMES:
        full = package + "." + name
        module = _Module(full)
        module.__package__, module.__file__, module.__builtins__ = package, folder + name + ".py", built_in
        module.__getattr__ = _Missing(module, _Reader(full, module.__file__))
        sys.modules[full] = module
    return sys.modules[package + "." + NAMES[0]]


class _Missing:
    """Called for a name that a module has not got (PEP 562): the first time it is run."""

    def __init__(self, module: "ModuleType", reader: _Reader) -> None:
        self._module, self._reader = module, reader

    def __call__(self, name: str) -> object:
        if name.startswith("__"):  # such as the import system asks for
            raise AttributeError(name)
        scope = vars(self._module)
        scope.pop("__getattr__", None)
        exec(self._reader.code(), scope)
        return scope[name]
