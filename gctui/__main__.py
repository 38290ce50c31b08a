"""`python -m gctui` is the same as `gctui`."""

import sys

from gctui.cli import main

if __name__ == "__main__":
    sys.exit(main())
