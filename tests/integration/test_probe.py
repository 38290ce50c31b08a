"""The cycle probe, in every Python: loops by name, all of it freed, and nothing else changed in the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from gctui.monitor.cycles import Cycles, GarbageType, loop_text
from gctui.monitor.objects import NotDone
from gctui.monitor.tracing import Tracing
from tests.integration.guests import wait_for_gauges
from tests.integration.pythons import PRIMARY, Python
from tests.integration.test_census import Guest, guest


def probed(program: Guest) -> Cycles:
    return program.answer(program.session.probe_cycles(), Cycles)


def refused(program: Guest) -> str:
    return program.answer(program.session.probe_cycles(), NotDone).error


def of_type(cycles: Cycles, name: str) -> GarbageType:
    (found,) = [one for one in cycles.types if one.full_name == name]
    return found


LOOPS = """
import collections
class Node:
    def __init__(self):
        self.children, self.parent = [], None
class Parent: pass
class Slotted: __slots__ = ("other", "__weakref__")
class Bound:
    def method(self): pass
class Finalized:
    def __del__(self): ran.append("finalizer")
class Queue(collections.deque): pass
class Failure(Exception): pass
class Members: pass
ran = []
def tree():
    top = Node()
    for _ in range(4):
        child = Node(); child.parent = top; top.children.append(child)
    top.children[:3] = [None, None, None]
    return top
def default():
    parent = Parent(); parent.on = lambda parent=parent: parent
    return parent
def closure():
    def walk(): return walk
    return weakref.ref(walk)
def exception():
    try: raise Failure
    except Failure as error: kept = error
    return None
def slotted():
    one, two = Slotted(), Slotted()
    one.other, two.other = two, one
    return one
def bound():
    one = Bound(); one.callback = one.method
    return one
def finalized():
    one = Finalized(); one.me = one
    return one
def queue():
    one = Queue(); one.append({17: one})
    return one
def members():
    one = Members(); one.all = {"x", one}
    return one
def watch(thing):
    return None if thing is None else thing if type(thing) is weakref.ref else weakref.ref(thing, note)
def note(reference): ran.append("callback")
gc.collect()
enabled = gc.isenabled()
gc.disable()
gc.garbage.append("the program's own")
gc.set_debug(gc.DEBUG_STATS & 0)
references = list(map(watch, (make() for make in
    (tree, default, closure, exception, slotted, bound, finalized, queue, members))))
step("made")
say(sorted(set(ran)), ran.count("finalizer"), ran.count("callback"))
say([reference() for reference in references if reference is not None])
say(gc.garbage, gc.isenabled(), gc.get_debug())
say(gc.collect())
step("end")
"""

EXPECTED = {
    "__main__.Node": "Node.children → list[3] → Node.parent → Node",
    "__main__.Parent": "Parent.on → function.__defaults__ → tuple[0] → Parent",
    "__main__.Slotted": "Slotted.other → Slotted.other → Slotted",
    "__main__.Bound": "Bound.callback → method.__self__ → Bound",
    "__main__.Finalized": "Finalized.me → Finalized",
    "__main__.Queue": "Queue[0] → dict[17] → Queue",
    "__main__.Failure": "Failure.__traceback__ → traceback.tb_frame → exception().kept → Failure",
    "__main__.Members": "Members.all → set (a member) → Members",
    "builtins.cell": "cell.cell_contents → function.__closure__ → tuple[0] → cell",
}


def test_known_cycles_give_their_loops_by_name_and_are_gone_then(python: Python, tmp_path: Path) -> None:
    with guest(python.path, LOOPS, tmp_path) as program:
        program.reach("made")
        cycles = probed(program)
        program.go_on("made")
        program.reach("end")
        said = program.said()

    loops = {name: loop_text(of_type(cycles, name).loop) for name in EXPECTED}
    if loops["__main__.Node"] == "Node.parent → Node.children → list[3] → Node":  # begun at the other
        loops["__main__.Node"] = EXPECTED["__main__.Node"]
    assert loops == EXPECTED
    assert (of_type(cycles, "__main__.Node").count, of_type(cycles, "__main__.Slotted").count) == (2, 2)
    assert (cycles.left, cycles.uncollectable, cycles.freed) == (0, 0, cycles.count)
    assert cycles.count >= 20 and min(cycles.stalls_ns) > 0 and sum(cycles.stalls_ns) <= cycles.work_ns
    assert said == [
        "['callback', 'finalizer'] 1 7",  # each once, and all weak references are dead
        "[None, None, None, None, None, None, None, None]",
        '["the program\'s own"] False 0',
        "0",
    ]


NOTHING = """
gc.collect()
gc.disable()
step("nothing")
"""


def test_without_garbage_nothing_is_found(python: Python, tmp_path: Path) -> None:
    with guest(python.path, NOTHING, tmp_path) as program:
        program.reach("nothing")
        probed(program)
        again = probed(program)

    assert (again.types, again.others, again.left) == ((), (0, 0, 0), 0)


COUNTED = """
class Node: pass
def make():
    for _ in range(5000):
        one = Node(); one.me = one
gc.collect()
gc.disable()
make()
step("made")
say([dict(one) for one in gc.get_stats()][2]["collected"])
step("end")
"""


def test_totals_leave_the_probe_out_and_the_log_has_it(python: Python, tmp_path: Path) -> None:
    with guest(python.path, COUNTED, tmp_path) as program:
        program.reach("made")
        wait_for_gauges(program.session)
        before = program.session.tick()
        end = before.log.end
        cycles = probed(program)
        wait_for_gauges(program.session)
        after = program.session.tick()
        program.go_on("made")
        program.reach("end")
        (collected,) = map(int, program.said())

    assert of_type(cycles, "__main__.Node").count == 5000
    for was, now in zip(before.generations, after.generations, strict=True):
        assert (now.collections, now.collected, now.pauses) == (was.collections, was.collected, was.pauses)
    assert collected >= 10_000, "the interpreter counts all of it twice"
    new = [after.log[number] for number in range(end, after.log.end)]
    assert [(one.forced, one.is_probe, one.generation) for one in new] == [(True, True, 2)] * 2
    assert all(one.collected >= 5000 for one in new)


@pytest.mark.parametrize("enabled", ["gc.enable()", "gc.disable()"])
def test_collector_and_flags_are_never_found_changed(python: Python, tmp_path: Path, enabled: str) -> None:
    code = f"""
class Node: pass
{enabled}
gc.set_debug(gc.DEBUG_UNCOLLECTABLE)
sys.setswitchinterval(1e-6)
found = set()
stop = False
def look():
    while not stop:
        found.add((gc.isenabled(), gc.get_debug(), len(gc.garbage)))
        one = Node(); one.me = one
thread = threading.Thread(target=look); thread.start()
step("asked")
stop = True
thread.join()
say(found == {{(gc.isenabled(), gc.DEBUG_UNCOLLECTABLE, 0)}}, gc.isenabled())
step("end")
"""
    with guest(python.path, code, tmp_path) as program:
        program.reach("asked")
        for _ in range(5):
            assert probed(program).left == 0
        program.go_on("asked")
        program.reach("end")
        assert program.said() == [f"True {enabled == 'gc.enable()'}"]


@pytest.mark.parametrize("flag", ["DEBUG_SAVEALL", "DEBUG_LEAK"])
def test_it_declines_where_the_program_saves_garbage_itself(tmp_path: Path, flag: str) -> None:
    code = f'gc.set_debug(gc.{flag})\nstep("set")\nsay(gc.get_debug() == gc.{flag})\nstep("end")\n'
    with guest(PRIMARY, code, tmp_path) as program:
        program.reach("set")
        reason = refused(program)
        program.go_on("set")
        program.reach("end")

        assert "the program has DEBUG_SAVEALL or DEBUG_LEAK set" in reason
        assert program.said() == ["True"]


REPLACED = """
class Node: pass
def make():
    one = Node(); one.me = one
    return weakref.ref(one)
gc.disable()
gc.garbage = ("mine",)
reference = make()
step("made")
say(gc.garbage, reference())
step("end")
"""


def test_a_replaced_list_is_left_and_the_garbage_freed(python: Python, tmp_path: Path) -> None:
    with guest(python.path, REPLACED, tmp_path) as program:
        program.reach("made")
        cycles = probed(program)
        program.go_on("made")
        program.reach("end")

        assert (of_type(cycles, "__main__.Node").count, cycles.left) == (1, 0)
        assert program.said() == ["('mine',) None"]


UNCOLLECTABLE = """
gc.collect()
gc.disable()
try:
    from _testcapi import with_tp_del
except ImportError:
    say("none")
else:
    @with_tp_del
    class Old:
        def __tp_del__(self): pass
    class Held: pass
    def make():
        one, two = Old(), Old()
        one.other, two.other = two, one
        one.held = Held()
        plain = Held(); plain.me = plain
    gc.garbage.append(Held())
    make()
    say("made")
step("made")
say([type(one).__name__ for one in gc.garbage])
step("end")
"""


def test_what_cannot_be_collected_is_listed_with_why(python: Python, tmp_path: Path) -> None:
    with guest(python.path, UNCOLLECTABLE, tmp_path) as program:
        program.reach("made")
        if program.said() == ["none"]:
            pytest.skip("this Python has no _testcapi, which alone still makes finalizers of the old kind")
        cycles = probed(program)
        program.go_on("made")
        program.reach("end")
        said = program.said()

    stuck = {(one.full_name, one.count, one.is_new) for one in cycles.stuck}
    assert stuck == {("__main__.Held", 1, False), ("__main__.Old", 2, True)}
    assert cycles.uncollectable >= 3 and cycles.left == 0
    assert said[1] == "['Held', 'Old', 'Old']"


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
def make():
    one, two = Hostile(), Plain()
    dict.__setitem__(one, "two", two)
    two.one = [one]
gc.collect()
gc.disable()
make()
for kind in (Hostile, Plain):
    for name in NAMES:
        setattr(kind, name, loud("instance " + name))
for name in NAMES:
    setattr(Meta, name, loud("metaclass " + name))
Meta.__module__ = property(loud("meta module"))
step("hostile")
say("end")
step("end")
"""


def test_no_code_of_the_program_runs_but_finalizers(python: Python, tmp_path: Path) -> None:
    with guest(python.path, HOSTILE, tmp_path) as program:
        program.reach("hostile")
        cycles = probed(program)
        program.go_on("hostile")
        program.reach("end")
        assert program.said() == ["end"]

    (plain,) = [one for one in cycles.types if one.name == "Plain"]
    assert loop_text(plain.loop) == "Plain.one → list[0] → Hostile['two'] → Plain"
    assert cycles.left == 0


TRACED = """
class Node:
    def __init__(self):
        self.parts = [self] * 5
def build():
    for _ in range(300):
        Node()
spare = [[] for _ in range(200)]  # so that no list comes from a free list
gc.collect()
gc.disable()
build()
step("end")
"""


def test_garbage_leads_to_where_it_was_allocated(python: Python, tmp_path: Path) -> None:
    with guest(python.path, TRACED, tmp_path, tracing=Tracing(10, 0)) as program:
        program.reach("end")
        node = of_type(probed(program), "__main__.Node")

    source = (tmp_path / "program.py").read_text().splitlines()
    lines = [source[frame.line - 1].strip() for frame in node.frames if frame.filename.endswith("program.py")]
    assert "Node()" in lines
    assert (node.count, node.sampled) == (300, 300) and 200 < node.here <= node.traced
    assert node.through in (("list", "dict") if python.version[:2] == (3, 11) else ("",))


FORKING = """
class Node: pass
def make():
    for _ in range(2000):
        one = Node(); one.me = one
bad = number = 0
gc.disable()
open(os.path.join(folder, "forking.reached"), "w").close()
while not os.path.exists(os.path.join(folder, "forking")):
    make()
    pid = os.fork()
    if pid == 0:
        gc.collect()
        os._exit(any(type(one) is Node for one in gc.get_objects()))
    bad += os.waitpid(pid, 0)[1] != 0
    number += 1
say(bad, number > 0)
step("end")
"""


def test_a_forked_child_does_not_keep_the_garbage(python: Python, tmp_path: Path) -> None:
    with guest(python.path, FORKING, tmp_path) as program:
        program.reach("forking")
        for _ in range(20):
            read = program.answer(program.session.probe_cycles(), object)  # type: ignore[type-var]
            assert isinstance(read, Cycles) or "forked" in read.error  # type: ignore[attr-defined]
        program.go_on("forking")
        program.reach("end")
        assert program.said() == ["0 True"]


RUNNING = """
class Node: pass
stop = False
def churn():
    while not stop:
        some = [Node() for _ in range(200)]
        for one in some: one.other = some
        del some, one
        if made.append(1) or len(made) % 50 == 0: gc.collect()
made = []
threads = [threading.Thread(target=churn) for _ in range(3)]
for thread in threads: thread.start()
step("running")
stop = True
for thread in threads: thread.join()
say(gc.collect() >= 0, gc.garbage, gc.isenabled(), gc.get_debug(), gc.collect())
say(len([one for one in gc.get_objects() if type(one) is Node]))
step("end")
"""


def test_threads_run_and_collect_meanwhile(python: Python, tmp_path: Path) -> None:
    with guest(python.path, RUNNING, tmp_path) as program:
        program.reach("running")
        for _ in range(10):
            assert probed(program).left == 0
        program.go_on("running")
        program.reach("end")
        assert program.said() == ["True [] True 0 0", "0"]
