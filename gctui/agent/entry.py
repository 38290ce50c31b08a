"""The agent's first module: with it begin the launched process, which has the pipe, and those of which the user wants
something from their first line on. Each other one of the family is a visitor, in C (native/arrival.c), which runs this
only when somebody speaks to it.
"""

import sys

TYPE_CHECKING = False  # `typing` is not to be imported in the observed process
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, Optional, Protocol

    from ._native import Callback, Visitor
    from .loading import Own

    class Files(Protocol):
        """The agent's files as they were read before: what a loader of Python's has methods for."""

        def path_stats(self, path: str, /) -> "dict[str, int]": ...
        def get_data(self, path: str, /) -> bytes: ...
        def set_data(self, path: str, data: bytes, /) -> None: ...

    AsTheyAre = dict[str, dict[str, Any]]
    """What was in modules of Python's, by their names, before the program could change them."""

_importlib = sys.modules["_frozen_importlib_external"]


def begin(value: str, own_folder: str, bootstrap: str, native: "Any", as_they_are: "AsTheyAre") -> None:
    """Begin in this interpreter. `value`: what is in the environment. `own_folder` ends in a slash. `bootstrap`: the
    folder that is in front of PYTHONPATH. `native`: the C part, or None. Never raises what the program would see."""
    folder, settings = decode_settings(value)
    modules = _load(own_folder, native, as_they_are, None)
    modules.start.start(folder, settings, own_folder, bootstrap)
    modules.begin_to_be_quiet()


def compile_all(own_folder: str, native: "Any", as_they_are: "AsTheyAre") -> None:
    """In a visitor, before the program runs: when somebody speaks to it nothing is written any more."""
    _load(own_folder, native, as_they_are, None).compile_all()


def succeed(
    visitor: "Visitor",
    callback: "Optional[Callback]",
    value: str,
    own_folder: str,
    native: "Any",
    as_they_are: "AsTheyAre",
) -> None:
    """Somebody has spoken to the visitor, in whose thread this is. `callback`: what records."""
    folder, settings = decode_settings(value)
    modules = _load(own_folder, native, as_they_are, visitor)
    modules.start.succeed(visitor, callback, folder, settings, own_folder)


def _load(own_folder: str, native: "Any", as_they_are: "AsTheyAre", files: "Optional[Files]") -> "Own":
    path = own_folder + "loading.py"
    module = type(sys)("_gctui_agent")
    vars(module).update(__file__=path, __builtins__=as_they_are["builtins"])
    exec(code_of("_gctui_agent", path, files), vars(module))
    own = module.Own(own_folder, native, as_they_are, files, code_of)  # type: Own
    return own


def decode_settings(value: str) -> "tuple[str, dict[str, int]]":
    """The reverse of `wire.encode_settings`; ValueError on anything else."""
    numbers, folder = value.split("\n", 1)
    if not folder.startswith("/"):
        raise ValueError("the folder is where the program happens to be")
    pairs = [item.split("=") for item in numbers.split(",")]
    return folder, {name: int(number) for name, number in pairs}


def code_of(name: str, path: str, files: "Optional[Files]") -> "CodeType":
    """What is in a source file, from its compiled one where that is there. OSError when it cannot be read. `files`:
    None before the program runs; it is written then when it had to be compiled."""
    loader = _importlib.SourceFileLoader(name, path)
    if files is not None:
        loader.path_stats, loader.get_data, loader.set_data = files.path_stats, files.get_data, files.set_data
    code = loader.get_code(name)  # type: CodeType
    return code
