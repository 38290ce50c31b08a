"""The agent's look at the program's objects, in every Python: true counts, nothing kept, no code of the program run."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from gctui.monitor.objects import Census, Instances, NotDone, ObjectsRead, Referrers, Shown, TypeCount
from gctui.monitor.tracing import UNTRACED, Tracing
from gctui.monitor.watch import WatchSession
from tests.integration.guests import watching
from tests.integration.pythons import PRIMARY, Python
from tests.integration.waiting import wait_for

Read = TypeVar("Read", bound=ObjectsRead)

#: Does one thing after another, each when its file appears, and says what it found in a file of its own.
PRELUDE = """
import gc, os, sys, threading, time, weakref
folder = sys.argv[1]
def step(name):
    open(os.path.join(folder, name + ".reached"), "w").close()
    while not os.path.exists(os.path.join(folder, name)):
        time.sleep(0.005)
def say(*words):
    with open(os.path.join(folder, "said"), "a") as file:
        print(*words, file=file)
"""


class Guest:
    """A program under watch that stops at the steps of its code."""

    def __init__(self, session: WatchSession, folder: Path) -> None:
        self.session, self.folder = session, folder

    def reach(self, step: str) -> None:
        wait_for(lambda: self.session.tick() and (self.folder / f"{step}.reached").exists(), f"it reaches {step}")

    def go_on(self, step: str) -> None:
        (self.folder / step).touch()

    def said(self) -> list[str]:
        path = self.folder / "said"
        return path.read_text().splitlines() if path.exists() else []

    def answer(self, command: int, kind: type[Read]) -> Read:
        found: list[ObjectsRead] = []

        def look() -> bool:
            found.extend(one for one in self.session.tick().objects if one.command == command)
            return bool(found)

        wait_for(look, "the question about objects is answered")
        (one,) = found
        assert isinstance(one, kind), one
        return one

    def census(self) -> Census:
        return self.answer(self.session.count_objects(), Census)

    def instances(self, kind: TypeCount) -> Instances:
        return self.answer(self.session.list_instances(kind), Instances)

    def referrers(self, object_id: int, kind: TypeCount) -> Referrers:
        return self.answer(self.session.find_referrers(object_id, kind), Referrers)

    def shown(self, object_id: int, kind: TypeCount) -> Shown:
        return self.answer(self.session.show_object(object_id, kind), Shown)


@contextmanager
def guest(python: str, code: str, folder: Path, tracing: Tracing = UNTRACED) -> Iterator[Guest]:
    path = folder / "program.py"
    path.write_text(PRELUDE + code)
    with watching(python, str(path), str(folder), tracing=tracing) as session:
        yield Guest(session, folder)


def of_name(census: Census, name: str) -> TypeCount:
    (found,) = [one for one in census.types if one.full_name == name]
    return found


COUNTED = """
class Node: pass
class Row(list): pass
class Slotted: __slots__ = ("one", "two")
class Text(str): pass
class Table(dict): pass
nodes = [Node() for _ in range(20000)]
rows = [Row(range(10)) for _ in range(300)]
slotted = [Slotted() for _ in range(7)]
tables = [Table(a=1, b=2) for _ in range(11)]
function = type(lambda: 0)
say(sum(map(sys.getsizeof, nodes)), sum(map(sys.getsizeof, rows)), sum(map(sys.getsizeof, tables)))
names = [one.__globals__["__name__"] for one in gc.get_objects() if type(one) is function]
say(len([name for name in names if not name.startswith("_gctui_agent")]))
step("counted")
del nodes[:15000]
step("fewer")
"""


def test_counts_and_sizes_are_true_and_gctui_is_not_among_them(python: Python, tmp_path: Path) -> None:
    with guest(python.path, COUNTED, tmp_path) as program:
        program.reach("counted")
        census = program.census()

        node, row, table = (of_name(census, f"__main__.{name}") for name in ("Node", "Row", "Table"))
        assert (node.count, row.count, table.count) == (20_000, 300, 11)
        assert of_name(census, "__main__.Slotted").count == 7
        sizes, functions = program.said()
        assert f"{node.size} {row.size} {table.size}" == sizes
        # Before 3.12 a list comprehension is a function for as long as it runs: the program has counted its own.
        assert of_name(census, "builtins.function").count == int(functions) - (python.version < (3, 12))
        assert not [one for one in census.types if "gctui" in one.full_name]
        assert not [one for one in census.types if one.size > 1 << 30]
        assert 0 < census.stall_ns <= census.work_ns

        program.go_on("counted")
        program.reach("fewer")
        assert of_name(program.census(), "__main__.Node").count == 5000


KEPT = """
class Node:
    def __init__(self): self.itself = self
gc.collect(); gc.disable()
nodes = [Node() for _ in range(100)]
objects = len(gc.get_objects())
step("made")
last = weakref.ref(nodes[-1]); lone = nodes[0]; lone.itself = None
lone = weakref.ref(lone)
before = gc.get_count()[0]
del nodes[0]
say(lone() is None)
nodes.clear()
say(gc.collect() >= 99, last() is None, gc.collect(), gc.garbage)
say(gc.isenabled(), gc.get_debug())
step("let go")
"""


def test_nothing_is_kept_alive_and_the_collector_is_as_it_was(python: Python, tmp_path: Path) -> None:
    with guest(python.path, KEPT, tmp_path) as program:
        program.reach("made")
        census = program.census()
        node = of_name(census, "__main__.Node")
        instances = program.instances(node)
        assert (instances.count, instances.size) == (node.count, node.size)
        for one in instances.instances[:5]:
            assert program.referrers(one.id, node).end in ("module", "frame")
            assert program.shown(one.id, node).text.startswith("<__main__.Node object")
        program.go_on("made")
        program.reach("let go")

        assert program.said() == ["True", "True True 0 []", "False 0"]


HOSTILE = """
def loud(name):
    def method(*arguments, **named):
        say("ran", name)
        raise RuntimeError(name)
    return method
NAMES = ("__hash__", "__eq__", "__repr__", "__sizeof__", "__len__", "__bool__", "__getattribute__", "__iter__",
         "__instancecheck__", "__subclasscheck__", "__dir__", "__str__", "__format__", "__getitem__", "__contains__")
Meta = type("Meta", (type,), {})
class Hostile(dict, metaclass=Meta):
    __class__ = property(loud("__class__"))
    __dict__ = property(loud("__dict__"))
    __module__ = property(loud("__module__"))
class Plain(metaclass=Meta):
    pass
class Listy(list): pass
hostile = [Hostile() for _ in range(50)]
plain = [Plain() for _ in range(60)]
listy = Listy([plain[0], hostile[0]])
for kind in (Hostile, Plain, Listy):
    for name in NAMES:
        setattr(kind, name, loud("instance " + name))
ids = id(plain[0]), id(listy)
for name in NAMES:
    setattr(Meta, name, loud("metaclass " + name))
Meta.__module__ = property(loud("meta module"))
step("hostile")
step("end")
"""


def test_no_code_of_the_program_runs(python: Python, tmp_path: Path) -> None:
    with guest(python.path, HOSTILE, tmp_path) as program:
        program.reach("hostile")
        census = program.census()
        plain, listy = of_name(census, "__main__.Plain"), of_name(census, "__main__.Listy")
        assert (plain.count, listy.count) == (60, 1)
        assert [one.count for one in census.types if one.name == "Hostile"] == [50]
        for kind in [plain, listy, *(one for one in census.types if one.name == "Hostile")]:
            found = program.instances(kind)
            assert (found.gone, found.count) == (False, kind.count)
            for one in found.instances[:3]:
                assert not program.referrers(one.id, kind).gone
        assert program.said() == []

        # Only the repr that the user asks for runs code, and what it raises is told and goes no further.
        assert (
            program.shown(program.instances(plain).instances[0].id, plain).error == "its __repr__ raised RuntimeError"
        )
        assert program.said() == ["ran instance __repr__"]
        program.go_on("hostile")
        program.reach("end")


def test_a_repr_is_cut_and_its_lie_is_told(tmp_path: Path) -> None:
    code = 'class Long:\n    def __repr__(self): return "x" * 100000\nlong = Long()\nstep("end")\n'
    with guest(PRIMARY, code, tmp_path) as program:
        program.reach("end")
        kind = of_name(program.census(), "__main__.Long")
        shown = program.shown(program.instances(kind).instances[0].id, kind)

    assert (len(shown.text), shown.cut, shown.error) == (1000, True, "")


WAYS = """
import collections
class Node: pass
class Holder: pass
class Slots: __slots__ = ("slot",)
class Registry: kept = Node()
def closure(shared): return lambda: shared
holder = Holder(); holder.box = {"key": [None, Node()]}
slots = Slots(); slots.slot = Node()
function = closure(Node())
queue = collections.deque([0, Node()])
numbers = {17: Node()}
local = []
def work():
    mine = Node()
    local.append(id(mine))
    while not stop: time.sleep(0.01)
stop = False
thread = threading.Thread(target=work); thread.start()
while not local: time.sleep(0.01)
say(id(holder.box["key"][1]), id(slots.slot), id(function.__closure__[0].cell_contents), id(queue[1]),
    id(numbers[17]), id(Registry.kept), local[0])
step("ready")
stop = True
thread.join()
"""


def test_each_edge_of_the_way_to_a_root_has_its_name(python: Python, tmp_path: Path) -> None:
    with guest(python.path, WAYS, tmp_path) as program:
        program.reach("ready")
        node = of_name(program.census(), "__main__.Node")
        assert node.count == 7
        ids = list(map(int, program.said()[0].split()))
        ways = [program.referrers(one, node) for one in ids]
        program.go_on("ready")

    assert {one.direct for one in ways} == {1}
    assert [one.end for one in ways] == ["module"] * 6 + ["frame"]
    main = "module __main__"
    assert [one.steps for one in ways[:2]] == [
        (("[1]", "builtins.list"), ("['key']", "builtins.dict"), (".box", "__main__.Holder"), (".holder", main)),
        ((".slot", "__main__.Slots"), (".slots", main)),
    ]
    assert ways[2].steps[-2:] == ((".__closure__", "builtins.function"), (".function", main))
    assert [one.steps for one in ways[3:6]] == [
        (("[1]", "collections.deque"), (".queue", main)),
        (("[17]", "builtins.dict"), (".numbers", main)),
        ((".kept", "class __main__.Registry"), (".Registry", main)),
    ]
    (edge, holder), *_ = ways[6].steps
    assert edge == "variable mine" and holder.startswith("work() at ")


GOING = """
def make():
    class Passing: pass
    return Passing
Passing = make()
passing = [Passing() for _ in range(3)]
step("there")
passing.clear()
step("objects gone")
del Passing
gc.collect()
step("type gone")
"""


def test_what_is_gone_is_said_to_be_gone(python: Python, tmp_path: Path) -> None:
    with guest(python.path, GOING, tmp_path) as program:
        program.reach("there")
        kind = of_name(program.census(), "__main__.make.<locals>.Passing")
        one = program.instances(kind).instances[0]
        program.go_on("there")
        program.reach("objects gone")
        assert (program.referrers(one.id, kind).gone, program.shown(one.id, kind).gone) == (True, True)
        found = program.instances(kind)
        assert (found.gone, found.count, found.instances) == (False, 0, ())
        program.go_on("objects gone")
        program.reach("type gone")
        assert program.instances(kind).gone


TRACED = """
class Node:
    def __init__(self):
        self.parts = [None] * 5
def build():
    return [Node() for _ in range(30)]
spare = [[] for _ in range(200)]  # so that no list comes from a free list
nodes = build()
step("end")
"""


def test_an_instance_leads_to_where_it_was_allocated(python: Python, tmp_path: Path) -> None:
    with guest(python.path, TRACED, tmp_path, tracing=Tracing(10, 0)) as program:
        program.reach("end")
        kind = of_name(program.census(), "__main__.Node")
        found = program.instances(kind).instances

    assert len(found) >= 20
    source = (tmp_path / "program.py").read_text().splitlines()
    for one in found:
        lines = [source[frame.line - 1].strip() for frame in one.frames if frame.filename.endswith("program.py")]
        assert "return [Node() for _ in range(30)]" in lines, one
        assert one.through in (("list", "dict") if python.version[:2] == (3, 11) else ("",))


RUNNING = """
class Node: pass
kept = [Node() for _ in range(50000)]
stop = False
def churn():
    count = 0
    while not stop:
        some = [Node() for _ in range(200)]
        for one in some: one.other = some
        count += gc.isenabled()
        del some, one
threads = [threading.Thread(target=churn) for _ in range(3)]
for thread in threads: thread.start()
step("running")
stop = True
for thread in threads: thread.join()
gc.collect()
step("still")
"""


def test_threads_run_meanwhile(python: Python, tmp_path: Path) -> None:
    with guest(python.path, RUNNING, tmp_path) as program:
        program.reach("running")
        for _ in range(5):
            kind = of_name(program.census(), "__main__.Node")
            assert kind.count >= 50_000
            program.instances(kind)
        program.go_on("running")
        program.reach("still")
        assert of_name(program.census(), "__main__.Node").count == 50_000


def test_a_process_that_ends_in_between_is_told(tmp_path: Path) -> None:
    with guest(PRIMARY, 'step("end")\n', tmp_path) as program:
        program.reach("end")
        os.kill(program.session.tick().agent.pid, signal.SIGSTOP)
        command = program.session.count_objects()
        program.session.signal(signal.SIGKILL)
        assert program.answer(command, NotDone).error == "the process ended before it answered"
        again = program.answer(program.session.count_objects(), NotDone).error
        assert again in ("no agent is there to do it", "the process ended before it answered")


@pytest.mark.parametrize("enabled", ["gc.enable()", "gc.disable()"])
def test_the_collector_is_never_found_switched(python: Python, tmp_path: Path, enabled: str) -> None:
    code = f"""
{enabled}
sys.setswitchinterval(1e-6)
found = set()
stop = False
def look():
    while not stop: found.add(gc.isenabled())
thread = threading.Thread(target=look); thread.start()
step("asked")
stop = True
thread.join()
say(found == {{gc.isenabled()}}, gc.isenabled())
step("end")
"""
    with guest(python.path, code, tmp_path) as program:
        program.reach("asked")
        for _ in range(5):
            found = program.instances(of_name(program.census(), "builtins.function"))
            assert not [one for one in found.instances if any("/agent/" in frame.filename for frame in one.frames)]
        program.go_on("asked")
        program.reach("end")
        assert program.said() == [f"True {enabled == 'gc.enable()'}"]
