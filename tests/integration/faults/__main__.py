"""Write docs/reliability.md anew: `python -m tests.integration.faults`."""

from tests.integration.faults.page import PAGE, render

PAGE.parent.mkdir(exist_ok=True)
PAGE.write_text(render(), encoding="utf-8")
