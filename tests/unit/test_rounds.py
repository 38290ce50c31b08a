"""An order that goes through several processes: one after the other, each with a time limit."""

from __future__ import annotations

from gctui.monitor.model import Answer
from gctui.monitor.relatives import Order
from gctui.monitor.rounds import PATIENCE_NS, Rounds

TARGETS = [(1, 101), (2, 102), (3, 103)]


class Family:
    """Takes orders; the process of key 9 has ended."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.rounds = Rounds(self.tell)

    def tell(self, key: int, order: Order) -> int | None:
        if key == 9:
            return None
        self.told.append(key)
        return 10 * key

    def states(self) -> list[str]:
        assert self.rounds.latest is not None
        return [reply.state for reply in self.rounds.latest.replies]


def collected(key: int, error: str = "") -> Answer:
    return Answer(10 * key, "collect", error)


def test_what_stops_a_program_goes_to_one_after_the_other() -> None:
    family = Family()
    assert family.rounds.begin(Order("collect"), TARGETS) == 1
    family.rounds.go_on([], 0)
    assert (family.told, family.states()) == ([1], ["asked", "waiting", "waiting"])
    family.rounds.go_on([collected(1)], 1)
    family.rounds.go_on([collected(2, "no")], 2)
    assert family.states() == ["done", "failed", "asked"]
    family.rounds.go_on([collected(3)], 3)
    assert family.rounds.latest is not None and family.rounds.latest.is_over
    assert family.rounds.latest.replies[1].error == "no"


def test_what_does_not_goes_to_all_at_once() -> None:
    family = Family()
    family.rounds.begin(Order("disable"), [*TARGETS, (9, 109)])
    family.rounds.go_on([], 0)
    assert family.told == [1, 2, 3]
    assert family.states() == ["asked", "asked", "asked", "failed"]


def test_one_that_does_not_answer_is_not_waited_for() -> None:
    family = Family()
    family.rounds.begin(Order("freeze"), TARGETS)
    family.rounds.go_on([], 0)
    family.rounds.go_on([], PATIENCE_NS)
    assert family.states()[0] == "asked"
    family.rounds.go_on([], PATIENCE_NS + 1)
    assert family.states() == ["late", "asked", "waiting"]
    family.rounds.go_on([collected(1)], PATIENCE_NS + 2)
    assert family.states()[0] == "late"


def test_a_new_round_takes_the_place_of_the_one_before() -> None:
    family = Family()
    family.rounds.begin(Order("collect"), TARGETS)
    family.rounds.go_on([], 0)
    assert family.rounds.begin(Order("unfreeze"), TARGETS[:1]) == 2
    family.rounds.go_on([collected(1)], 1)
    assert family.states() == ["asked"]
