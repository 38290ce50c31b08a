"""All faults, by group."""

from __future__ import annotations

from tests.integration.faults import collector, descriptors, endings, limits, processes, surroundings
from tests.integration.faults.fault import Fault

GROUPS: dict[str, tuple[Fault, ...]] = {
    "New processes": processes.FAULTS,
    "Lost descriptors": descriptors.FAULTS,
    "Limits and lost rights": limits.FAULTS,
    "File systems, environment and streams": surroundings.FAULTS,
    "Ends": endings.FAULTS,
    "The collector and interpreters": collector.FAULTS,
}
