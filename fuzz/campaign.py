"""Lets libFuzzer look for inputs that reach new code. `python -m fuzz` starts it in a process of its own."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any


def main() -> None:
    ring, arguments = Path(sys.argv[1]).read_bytes(), [sys.argv[0], *sys.argv[2:]]
    import atheris

    with warnings.catch_warnings(), atheris.instrument_imports(include=["gctui"]):
        warnings.simplefilter("ignore")
        from fuzz.damage import damaged
        from fuzz.lies import Lies
    fuzzer: Any = atheris
    lies = Lies(ring)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        return damaged(data, most, seed, fuzzer.Mutate)

    fuzzer.Setup(arguments, lies.take, custom_mutator=mutate)
    fuzzer.Fuzz()


if __name__ == "__main__":
    main()
