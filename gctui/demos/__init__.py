"""Small real programs a newcomer can watch; each is run as a plain script, by any CPython from 3.8 on."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Demo:
    """A program in this folder."""

    name: str
    path: Path
    title: str
    """What it shows: the first line of its docstring."""


def find_demos() -> tuple[Demo, ...]:
    """By name, so that the first is the one `gctui demo` starts. They are read, never imported."""
    files = sorted(Path(__file__).parent.glob("[!_]*.py"))
    return tuple(Demo(file.stem, file, _title(file)) for file in files)


def _title(file: Path) -> str:
    text = ast.get_docstring(ast.parse(file.read_bytes())) or ""
    return text.partition("\n")[0]
