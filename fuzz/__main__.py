"""`python -m fuzz [--seconds N]` looks for inputs that break the monitor; `--replay FILE` runs one that did."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fuzz import lies, seeds

FOLDER = Path("build/fuzz")
CORPUS, RING, DICTIONARY = FOLDER / "corpus", FOLDER / "seed.ring", FOLDER / "words"

#: An input that takes longer, or more memory, counts as a crash.
MOST_SECONDS, MOST_MIB = 10, 2048

#: What libFuzzer would hardly come upon byte by byte.
WORDS = (
    "-1", "0", "2147483648", "9223372036854775808", "18446744073709551616", "1" * 60, "1e999", "NaN", "null", "true",
    "[[[[[[[[", "{{{{{{{{", '"pid":-1', '"argv":[]', '"last":true', '"recording":false', '"\\u001b]0;x\\u0007"',
    '"\\u009b2J\\u202e\\n"', '"\\ud800"',
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="how long to look; default: %(default)s")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run this input alone, with its traceback")
    options = parser.parse_args()
    if options.replay:
        return replay(options.replay)
    try:
        import atheris  # noqa: F401
    except ImportError:
        print("It needs atheris, for a Python that it is built for: pip install atheris", file=sys.stderr)
        return 2
    return look(options.seconds)


def replay(file: Path) -> int:
    """Raises what the input makes the monitor raise."""
    if not RING.exists():
        sow()
    with memory() as folder:
        lies.Lies(RING.read_bytes(), folder).take(file.read_bytes())
    print(f"{file} does no harm.")
    return 0


def look(seconds: int) -> int:
    """Run libFuzzer and say how many inputs it tried."""
    sow()
    arguments = [
        str(CORPUS), f"-max_total_time={seconds}", f"-timeout={MOST_SECONDS}", f"-rss_limit_mb={MOST_MIB}",
        f"-max_len={lies.LONGEST}", f"-dict={DICTIONARY}", f"-artifact_prefix={FOLDER}/", "-print_final_stats=1",
    ]  # fmt: skip
    log = FOLDER / "log"
    with log.open("w") as file, memory() as folder:
        command = [sys.executable, "-m", "fuzz.campaign", str(RING), folder, *arguments]
        ended = subprocess.run(command, stderr=file, stdout=file)
    said = log.read_text(errors="replace")
    tried = re.findall(r"stat::number_of_executed_units:\s*(\d+)", said) or re.findall(r"^#(\d+)", said, re.MULTILINE)
    print(f"{int(tried[-1]) if tried else 0:,} inputs were run; {len(list(CORPUS.iterdir()))} of them are kept.")
    if ended.returncode == 0:
        print(f"None did harm. The log is {log}.")
        return 0
    written = re.findall(r"Test unit written to (\S+)", said)
    print(said[-4000:])
    for name in written:
        print(f"Written to {name}. To see it again: {sys.executable} -m fuzz --replay {name}")
    return 1


def memory() -> tempfile.TemporaryDirectory[str]:
    """A folder where files take the least time."""
    return tempfile.TemporaryDirectory(prefix="gctui-lies-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)


def sow() -> None:
    """The inputs that all others are made from: real frames, and a real ring that is read as a whole or in steps."""
    frames, ring = seeds.record()
    shutil.rmtree(CORPUS, ignore_errors=True)
    CORPUS.mkdir(parents=True)
    RING.write_bytes(ring)
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in WORDS)
    DICTIONARY.write_text("".join(f'"{word}"\n' for word in quoted))
    for number, one in enumerate(lies.seeds_of(frames)):
        (CORPUS / f"seed-{number}").write_bytes(one)


if __name__ == "__main__":
    sys.exit(main())
