"""Lets libFuzzer look for inputs that reach new code. `python -m fuzz` starts it in a process of its own."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any


def main() -> None:
    program, ring, folder, *arguments = sys.argv
    import atheris

    with warnings.catch_warnings(), atheris.instrument_imports(include=["gctui"]):
        warnings.simplefilter("ignore")
        from fuzz.damage import damaged
        from fuzz.lies import Lies
    fuzzer: Any = atheris
    lies = Lies(Path(ring).read_bytes(), folder)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        return damaged(data, most, seed, fuzzer.Mutate)

    fuzzer.Setup([program, *arguments], lies.take, custom_mutator=mutate)
    fuzzer.Fuzz()


if __name__ == "__main__":
    main()
