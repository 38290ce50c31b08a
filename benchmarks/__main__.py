"""`python -m benchmarks [NAME...] [--json FILE]`: a table on the terminal, the same and the samples as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import (
    accuracy,
    agent_start,
    allocations_pane,
    command_start,
    family,
    latency,
    log_lines,
    memory,
    notices,
    pauses,
    pauses_screen,
    probe,
    processes_pane,
    recorder,
    screen_cost,
    screen_start,
    snapshot_stall,
    tracing,
    watching,
    what_if,
)
from benchmarks.figures import document, table

BENCHMARKS = {
    "command-start": command_start.measure,
    "agent-start": agent_start.measure,
    "recorder": recorder.measure,
    "watching": watching.measure,
    "family": family.measure,
    "memory": memory.measure,
    "pauses": pauses.measure,
    "tracing": tracing.measure,
    "accuracy": accuracy.measure,
    "snapshot-stall": snapshot_stall.measure,
    "probe": probe.measure,
    "screen-start": screen_start.measure,
    "screen-cost": screen_cost.measure,
    "allocations-pane": allocations_pane.measure,
    "pauses-screen": pauses_screen.measure,
    "processes-pane": processes_pane.measure,
    "log-lines": log_lines.measure,
    "latency": latency.measure,
    "notices": notices.measure,
    "what-if": what_if.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--json", type=Path, default=Path("build/benchmarks.json"), help="default: %(default)s")
    options = parser.parse_args()
    unknown = set(options.names) - BENCHMARKS.keys()
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    figures = []
    for name in options.names or BENCHMARKS:
        found = BENCHMARKS[name]()
        print(table(found), flush=True)
        figures += found
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(document(figures), indent=1) + "\n")
    return 0 if all(figure.is_met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
