"""The command line: one verb per file, and one place where errors become sentences and exit codes."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

from gctui.cli.arguments import parse
from gctui.monitor.errors import GctuiError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run gctui; the exit code. 2: usage, 125: gctui failed, 126 and 127: the command cannot be run or found."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        # Each verb brings the monitor along; --version and --help are answered without.
        if options.verb == "demo":
            from gctui.cli import demo

            return demo.main(options)
        from gctui.cli import run

        return run.main(options)
    except GctuiError as error:
        print(f"gctui: {error}", file=sys.stderr)
        return error.exit_code
    except Exception:  # exit code 1 would be the program's
        traceback.print_exc()
        return GctuiError.exit_code
