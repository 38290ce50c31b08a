"""The session's folder in the hands of a program that does what it likes to it."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gctui.agent import wire
from gctui.agent.recorder import Recorder, make_recorder
from gctui.monitor import rings as module
from gctui.monitor.messages import Message, Notice, RingEnded, RingFound, RingRead
from gctui.monitor.ring_reader import BadRing, RingReader
from gctui.monitor.rings import MOST_COMPLAINTS, Rings

NOBODY = 65534
#: Over the largest process number there is.
NO_PROCESS = 2**22 + 1
_HELD: list[Recorder] = []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "session").mkdir(mode=0o700)
    return tmp_path / "session"


@pytest.fixture
def rings(folder: Path) -> Iterator[Rings]:
    opened = Rings(str(folder))
    yield opened
    opened.close()


def record_into(folder: Path, interpreter: int = 0) -> Path:
    """A ring with one collection, which this process holds. Its path."""
    before = set(folder.glob("*.ring"))
    recorder = make_recorder(str(folder), interpreter, True, "/nowhere/", wire.RING_CAPACITY)
    _HELD.append(recorder)
    for phase in ("start", "stop"):
        recorder.record(phase, {"generation": 2, "collected": 7, "uncollectable": 0})
    (path,) = set(folder.glob("*.ring")) - before
    return path


def notices(messages: list[Message]) -> list[str]:
    return [message.text for message in messages if isinstance(message, Notice)]


def collections(messages: list[Message]) -> int:
    return sum(len(message.records) for message in messages if isinstance(message, RingRead))


def plant_link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def plant_fifo(path: Path) -> None:
    os.mkfifo(path)


def plant_folder(path: Path) -> None:
    path.mkdir()


def plant_socket(path: Path) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


def plant_text(path: Path) -> None:
    path.write_text("no ring")


@pytest.mark.parametrize(
    ("plant", "why"),
    [
        (plant_link, "it is not a regular file"),
        (plant_fifo, "it is not a regular file"),
        (plant_folder, "it is not a regular file"),
        (plant_socket, "it is not a regular file"),
        (plant_text, "the ring was cut off"),
    ],
)
def test_what_is_no_ring_is_said_once_and_the_others_are_read(
    folder: Path, rings: Rings, plant: Callable[[Path], None], why: str
) -> None:
    plant(folder / "1.ring")
    record_into(folder)

    messages = rings.poll()

    assert notices(messages) == [f"The flight recorder 1.ring cannot be read: {why}."]
    assert collections(messages) == 1
    assert notices(rings.poll()) == []


def test_what_is_no_file_is_not_even_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To open a FIFO wakes whoever waits at its other end, to open a device may do anything."""
    os.mkfifo(folder / "1.ring")
    monkeypatch.setattr(os, "open", lambda *_, **__: pytest.fail("it was opened"))

    with pytest.raises(BadRing, match="not a regular file"):
        RingReader(str(folder / "1.ring"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_not_read(folder: Path, rings: Rings) -> None:
    os.chown(record_into(folder), NOBODY, NOBODY)

    messages = rings.poll()

    assert len(messages) == 1 and notices(messages)[0].endswith("cannot be read: it belongs to another user.")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give its rights up")
def test_a_program_that_gives_up_its_rights_is_a_sentence(folder: Path, rings: Rings) -> None:
    """Its ring is read on. What it forks makes its ring in a folder that it cannot enter."""
    record_into(folder)
    ready, go = os.pipe(), os.pipe()
    child = os.fork()
    if not child:
        try:
            recorder = make_recorder(str(folder), 0, True, "/nowhere/", wire.RING_CAPACITY)
            os.setgroups([])
            os.setresuid(NOBODY, NOBODY, NOBODY)
            recorder.record("stop", {"generation": 0, "collected": 0, "uncollectable": 0})
            recorder.move_to_new_ring()  # as a forked child does
            os.write(ready[1], b"x")
            os.read(go[0], 1)
        finally:
            os._exit(0)
    try:
        os.read(ready[0], 1)
        messages = rings.poll()
        assert sum(isinstance(message, RingFound) for message in messages) == 2
        assert collections(messages) == 2
        said, lost = notices(messages)
        assert lost.startswith(f"Child processes of process {child} could not make a flight recorder")
        assert f"Process {child} has given up root's rights" in said and said.endswith("not recorded.")
        for _ in range(3):
            rings._look_for_ended = 0.0
            assert notices(rings.poll()) == []
    finally:
        os.write(go[1], b"x")
        os.waitpid(child, 0)
        for descriptor in (*ready, *go):
            os.close(descriptor)


def test_another_hard_link_to_a_ring_stays(folder: Path, rings: Rings) -> None:
    path = folder / "1.ring"
    path.write_bytes(record_into(folder).read_bytes())  # nobody holds it: its process has ended
    os.link(path, folder.parent / "elsewhere")

    assert collections(rings.poll()) == 2

    assert not path.exists() and (folder.parent / "elsewhere").stat().st_size > wire.RECORDS_OFFSET


def test_a_ring_that_all_can_write_to_is_read_like_any(folder: Path, rings: Rings) -> None:
    path = record_into(folder)
    path.chmod(0o666)

    assert collections(rings.poll()) == 1


def test_a_link_in_the_place_of_the_folder_leads_nowhere(folder: Path, rings: Rings) -> None:
    """It would make the monitor read, and remove, what lies there."""
    other = folder.parent / "other"
    other.mkdir()
    (other / "1.ring").write_bytes(record_into(folder).read_bytes())
    folder.rename(folder.parent / "moved")
    folder.symlink_to(other)

    assert collections(rings.poll()) == 1  # the one of the folder that was moved
    assert (other / "1.ring").exists()


def test_no_folder_is_a_sentence_and_not_one_per_poll(tmp_path: Path) -> None:
    rings = Rings(str(tmp_path / "nothing"))

    assert len(notices(rings.poll())) == 1
    assert notices(rings.poll()) == []
    rings.close()


def test_thousands_of_planted_files_are_a_few_sentences(folder: Path, rings: Rings) -> None:
    for number in range(3000):
        (folder / f"{number}.ring").touch()
    last = folder / "99999.ring"  # sorted after all of those
    record_into(folder).rename(last)
    said, seen = [], 0
    for _ in range(10):
        rings._list_again = 0.0  # it lists such a folder less often
        messages = rings.poll()
        said += notices(messages)
        seen += collections(messages)

    assert len(said) == MOST_COMPLAINTS and said[-1].endswith("Further ones are not mentioned.")
    assert seen == 1


def test_a_folder_with_many_names_is_listed_less_often(
    folder: Path, rings: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_into(folder)
    rings.poll()
    monkeypatch.setattr(module, "MANY_NAMES", 0)
    monkeypatch.setattr(module, "NAMES_PER_S", 0.001)
    assert rings.poll() == []  # it lists again, and from now on only every 1000 s per name
    record_into(folder)

    assert rings.poll() == []


def test_rings_beyond_the_most_are_read_when_there_is_room(
    folder: Path, rings: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_RINGS", 2)
    content = record_into(folder).read_bytes()
    for number in range(2):
        (folder / f"{number}.ring").write_bytes(content)
    seen, said = 0, []
    for _ in range(4):
        rings._look_for_ended = 0.0  # the two that nobody holds have ended
        messages = rings.poll()
        seen += collections(messages)
        said += notices(messages)

    assert seen == 3
    assert said == ["More than 2 processes at once: the others are read when some of these have ended."]


def test_a_low_limit_of_open_files_is_a_sentence(folder: Path, rings: Rings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, folder: int) -> RingReader:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    record_into(folder)
    with monkeypatch.context() as patch:
        patch.setattr(module, "RingReader", refuse)
        (said,) = notices(rings.poll())
        assert said.startswith("Too many files are open") and rings.poll() == []

    assert collections(rings.poll()) == 1


def test_many_full_rings_are_read_over_several_polls(
    folder: Path, rings: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_RECORDS", 3)
    for number in range(10):
        record_into(folder, number)

    portions = [collections(rings.poll()) for _ in range(5)]

    assert portions == [3, 3, 3, 1, 0]


def test_a_ring_that_is_cut_off_while_it_is_read_is_said_once(folder: Path, rings: Rings) -> None:
    path = record_into(folder)
    rings.poll()
    os.truncate(path, 100)

    assert notices(rings.poll()) == [
        f"The flight recorder of process {os.getpid()} cannot be read: the ring was cut off."
    ]
    assert rings.poll() == []


@pytest.mark.parametrize("alone", [True, False])
def test_a_lock_that_the_program_keeps_is_not_waited_for(folder: Path, rings: Rings, alone: bool) -> None:
    (folder / "1.ring").write_bytes(record_into(folder).read_bytes())
    with (folder / "1.ring").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        for _ in range(3):
            rings._look_for_ended = 0.0
            rings.poll()
    assert len(list(folder.glob("*.ring"))) == 2


@pytest.mark.parametrize("lives", [True, False])
def test_the_end_of_a_ring_is_said_once_and_after_all_that_was_in_it(folder: Path, rings: Rings, lives: bool) -> None:
    content = bytearray(record_into(folder).read_bytes())
    if not lives:
        content[wire.PID * 8 : wire.PID * 8 + 8] = NO_PROCESS.to_bytes(8, "little")
    (folder / "1.ring").write_bytes(content)
    messages: list[Message] = []
    for _ in range(3):
        rings._look_for_ended = 0.0
        messages += rings.poll()

    (ended,) = (message for message in messages if isinstance(message, RingEnded))
    kinds = [type(message) for message in messages if getattr(message, "ring", 0) == ended.ring]
    assert kinds == [RingFound, RingRead, RingEnded] and ended.lives_on is lives
