"""What the process pane shows of every process of the family."""

from __future__ import annotations

from collections.abc import Mapping

from gctui.monitor.family import Family, Process
from gctui.monitor.process import ProcessReader
from gctui.monitor.relatives import Relative, Relatives
from gctui.monitor.watched import Watched


class Kin:
    """Reads the family's processes tick by tick, while somebody looks."""

    def __init__(self, family: Family, launched: int) -> None:
        """`launched`: pid of the launched process."""
        self._family, self._launched = family, launched
        self._readers: dict[Process, ProcessReader] = {}

    def relatives(self, now_ns: int, watched: Mapping[Process, Watched], shown: Process | None) -> Relatives:
        rows = [self._relative(process, now_ns, watched.get(process), shown) for process in self._family.processes]
        living = [row for row in rows if row.state != "ended"]
        return Relatives(
            rows=tuple(rows),
            processes=len(rows),
            living=len(living),
            paused_ns=sum(row.paused_ns for row in rows),
            longest_ns=max((row.longest_ns for row in rows), default=0),
            collections=sum(row.collections for row in rows),
            rss=sum(row.rss or 0 for row in living),
            cpu_percent=sum(row.cpu_percent or 0 for row in living),
        )

    def _relative(self, process: Process, now_ns: int, one: Watched | None, shown: Process | None) -> Relative:
        main, gauges = process.main, process.main.gauges
        reader = self._readers.setdefault(process, ProcessReader(process.pid))
        figures = reader.figures(with_agent=one is not None and one.channel is not None)
        generations = main.generations(now_ns, process.collector)
        return Relative(
            key=process.key,
            pid=process.pid,
            ppid=process.ppid,
            depth=0,
            argv=process.argv,
            python=process.python,
            collector=process.collector,
            started_ns=main.started_ns,
            state="running",
            ending="",
            interpreters=len(process.interpreters),
            running=main.running,
            paused_share=main.paused_share(now_ns),
            paused_ns=sum(generation.pauses.total for generation in generations),
            longest_ns=max(generation.pauses.maximum for generation in generations),
            collections=sum(generation.collections for generation in generations),
            rate=sum(generation.rate for generation in generations),
            rss=figures.rss,
            pss=None,
            uss=figures.uss,
            cpu_percent=figures.cpu_percent,
            speaks=one is not None and one.channel is not None,
            enabled=gauges.enabled if gauges else None,
            frozen=gauges.frozen if gauges else None,
            thresholds=gauges.thresholds if gauges else None,
            is_shown=process is shown,
        )
