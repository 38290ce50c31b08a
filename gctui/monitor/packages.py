"""Whose code a file is: the program's own, an installed package's or the standard library's. Told by its name alone."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["own", "installed", "standard", "generated"]

_INSTALLED = re.compile(r".*/(?:site|dist)-packages/(?P<rest>.+)", re.S)
_STANDARD = re.compile(r".*/(?:lib|lib64|Lib)/python\d[\d.]*t?/(?P<rest>.+)|.*/python\d+\.zip/(?P<zipped>.+)", re.S)
_FROZEN = re.compile(r"<frozen (?P<module>[^>]+)>")
_TYPED_IN = frozenset(("<string>", "<stdin>"))
"""What `python -c` and an interactive interpreter run."""


@dataclass(frozen=True, slots=True)
class Package:
    """The top-level package, or module, that a file belongs to."""

    name: str
    kind: Kind
    place: str
    """The folder of the program's own, since two of them may have one name; else what kind of place it is."""


SITE_PACKAGES, STANDARD_LIBRARY, GENERATED = "site-packages", "standard library", "generated code"


def package_of(filename: str, directory: str) -> Package:
    """`directory` is the one that the program was started in: relative names start there, and its own packages are
    what lies in it. Own code elsewhere goes by its folder."""
    if filename in _TYPED_IN:
        return Package(filename, "own", "typed in")
    if found := _FROZEN.fullmatch(filename):
        return Package(found["module"].partition(".")[0], "standard", STANDARD_LIBRARY)
    if not filename or (filename.startswith("<") and filename.endswith(">")):
        return Package(filename, "generated", GENERATED)
    if found := _INSTALLED.fullmatch(filename):
        return Package(_top(found["rest"]), "installed", SITE_PACKAGES)
    if found := _STANDARD.fullmatch(filename):
        return Package(_top(found["rest"] or found["zipped"]), "standard", STANDARD_LIBRARY)
    return _own(os.path.normpath(os.path.join(directory, filename)), directory)


def _top(rest: str) -> str:
    """The first folder, or the module where there is none."""
    name, slash, _ = rest.partition("/")
    return name if slash else name.partition(".")[0] or name


def _own(path: str, directory: str) -> Package:
    start = f"{directory.rstrip('/')}/" if directory else ""
    is_within = path.startswith(start) if start else not path.startswith("/")
    folders = path[len(start) :].split("/")[:-1] if is_within else []
    depth = 2 if folders[:1] == ["src"] else 1  # a folder called src holds packages and is none
    folder = start + "/".join(folders[:depth]) if folders else os.path.dirname(path) or "."
    return Package(os.path.basename(folder) or folder, "own", folder)
