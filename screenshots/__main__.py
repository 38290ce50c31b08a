"""`python -m screenshots [NAME...] [--folder FOLDER]`: renew the pictures of the README, all or those named."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from screenshots.take import SCENES, take


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SCENES)}; default: all")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent, help="where to; default: %(default)s")
    options = parser.parse_args()
    unknown = set(options.names) - SCENES.keys()
    if unknown:
        parser.error(f"there is no picture {', '.join(sorted(unknown))}")
    folder = options.folder.resolve()  # each run has a current folder of its own
    for name in options.names or SCENES:
        file = folder / f"{name}.svg"
        file.write_text(take(SCENES[name]), encoding="utf-8")
        print(f"{file.name:16} {file.stat().st_size / 1024:.0f} KiB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
