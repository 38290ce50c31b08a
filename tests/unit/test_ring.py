"""The flight recorder: what the agent writes, the monitor reads, and damage never does worse than `BadRing`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.folding import Folding
from gctui.agent import wire
from gctui.agent.recorder import Recorder, make_recorder
from gctui.monitor import layouts
from gctui.monitor.messages import RingRead
from gctui.monitor.ring_reader import MOST_SITES, NO_FRAME, BadRing, RingReader
from tests.fakes import FOUND


def make(folder: Path) -> tuple[Recorder, RingReader]:
    recorder = make_recorder(str(folder), 0, True, "/nowhere/", wire.RING_CAPACITY)
    (path,) = folder.glob("*.ring")
    return recorder, RingReader(str(path))


def collect(recorder: Recorder, generation: int = 0, collected: int = 0) -> None:
    recorder.record("start", {"generation": generation, "collected": 0, "uncollectable": 0})
    recorder.record("stop", {"generation": generation, "collected": collected, "uncollectable": 0})


def test_records_come_over_with_their_site(tmp_path: Path) -> None:
    recorder, reader = make(tmp_path)
    collect(recorder, 2, 7)

    records, missed, running, sites = reader.read()

    (record,) = records
    assert (record[2] & wire.GENERATION_BITS, record[3], record[7], missed, running) == (2, 7, 1, 0, None)
    site = sites[record[6]]
    assert site.filename == collect.__code__.co_filename
    assert site.function == "collect" and site.line > 0
    assert reader.read() == ([], 0, None, {})
    reader.close()


def test_a_collection_in_progress_is_seen(tmp_path: Path) -> None:
    recorder, reader = make(tmp_path)
    recorder.record("start", {"generation": 2, "collected": 0, "uncollectable": 0})

    _, _, running, _ = reader.read()

    assert running is not None and running[0] == 2
    reader.close()


def test_a_reader_that_falls_behind_knows_how_many_it_missed(tmp_path: Path) -> None:
    recorder, reader = make(tmp_path)
    total = wire.RING_CAPACITY * 2 + 100
    for _ in range(total):
        collect(recorder)

    records, missed, _, _ = reader.read()

    assert len(records) + missed == total
    assert [record[7] for record in records] == list(range(missed + 1, total + 1))
    # The slot that the writer would fill next is not trusted.
    assert len(records) == wire.RING_CAPACITY - 1
    reader.close()


def test_the_ring_leaves_no_descriptor_behind(tmp_path: Path) -> None:
    before = set(os.listdir("/proc/self/fd"))

    recorder = make_recorder(str(tmp_path), 0, True, "/nowhere/", wire.RING_CAPACITY)

    assert set(os.listdir("/proc/self/fd")) == before
    recorder.remove()


def test_a_full_site_area_loses_sites_and_nothing_else(tmp_path: Path) -> None:
    recorder, reader = make(tmp_path)
    for number in range(400):
        scope: dict[str, object] = {"collect": collect, "recorder": recorder}
        name = "long_name_" * 19 + str(number)
        exec(f"def {name}():\n recorder.record('stop', dict(generation=0, collected=0, uncollectable=0))", scope)
        scope[name]()  # type: ignore[operator]

    records, missed, _, sites = reader.read()

    assert (len(records), missed) == (400, 0)
    assert len(sites) < 400 and any(record[6] == wire.NO_SITE for record in records)
    reader.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(data=st.data())
def test_a_damaged_ring_never_does_worse_than_bad_ring(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(_ring_bytes(tmp_path))
    for _ in range(data.draw(st.integers(1, 12))):
        area = data.draw(st.sampled_from([wire.RECORDS_OFFSET, wire.RECORDS_OFFSET + 640, len(content)]))
        content[data.draw(st.integers(0, area - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged"
    path.write_bytes(content[: data.draw(st.sampled_from([len(content), len(content) - 1, 100, 300]))])
    try:
        reader = RingReader(str(path))
    except BadRing as error:
        assert str(error)
        return
    try:
        records, missed, _, sites = reader.read()
        assert missed >= 0
        assert {record[6] for record in records} <= sites.keys() | {wire.NO_SITE}
        assert all(site is NO_FRAME or isinstance(site.filename, str) for site in sites.values())
    except BadRing as error:
        assert str(error)
    finally:
        reader.close()


WORDS = st.one_of(
    st.sampled_from([0, 1, 2, 3, 1 << 31, 1 << 32, 1 << 61, (1 << 62) - 1, 1 << 62, 1 << 63, (1 << 64) - 1]),
    st.integers(0, wire.RING_CAPACITY * 3),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("header"), st.integers(0, 12).map(lambda word: word * 8), WORDS),
        st.tuples(st.just("record"), st.integers(0, 80).map(lambda word: wire.RECORDS_OFFSET + word * 8), WORDS),
        st.tuples(st.just("site"), st.integers(0, 200).map(lambda byte: wire.SITES_OFFSET + byte), WORDS),
        st.tuples(st.just("size"), st.sampled_from([0, 100, 300, wire.RECORDS_OFFSET + 9, 1 << 42]), st.just(0)),
        st.tuples(st.just("read"), st.just(0), st.just(0)),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(steps=STEPS)
def test_a_ring_that_lies_between_reads_is_a_bad_ring_or_can_be_shown(
    tmp_path: Path, steps: list[tuple[str, int, int]]
) -> None:
    path = tmp_path / "lying"
    path.write_bytes(_ring_bytes(tmp_path))
    reader, folding = RingReader(str(path)), Folding()
    folding.fold([FOUND])
    try:
        with path.open("r+b", buffering=0) as file:
            for what, place, value in [*steps, ("read", 0, 0)]:
                if what == "read":
                    folding.fold([RingRead(FOUND.ring, *reader.read())])
                elif what == "size":
                    file.truncate(place)
                else:
                    file.seek(place)
                    file.write(value.to_bytes(8, "little"))
    except BadRing as error:
        assert str(error)
    finally:
        folding.end()
        reader.close()


@pytest.mark.parametrize(
    ("word", "value"),
    [
        (wire.PID, 0),
        (wire.PID, 1 << 31),
        (wire.PARENT, 1 << 63),
        (wire.INTERPRETER, (1 << 64) - 1),
        (wire.STARTED, 1 << 63),
    ],
)
def test_a_header_that_cannot_be_is_a_bad_ring(tmp_path: Path, word: int, value: int) -> None:
    path = changed(tmp_path, word * 8, value.to_bytes(8, "little"))

    with pytest.raises(BadRing, match="header is damaged"):
        RingReader(str(path))


def test_a_ring_that_counts_backwards_is_a_bad_ring(tmp_path: Path) -> None:
    path = changed(tmp_path, 0, b"")
    reader = RingReader(str(path))
    reader.read()
    with path.open("r+b") as file:
        file.seek(wire.WRITTEN * 8)
        file.write((3).to_bytes(8, "little"))

    with pytest.raises(BadRing, match="backwards"):
        reader.read()
    reader.close()


def test_an_absurd_count_is_missed_and_nothing_else(tmp_path: Path) -> None:
    reader = RingReader(str(changed(tmp_path, wire.WRITTEN * 8, ((1 << 62) - 1).to_bytes(8, "little"))))

    records, missed, _, _ = reader.read()

    assert (records, missed) == ([], (1 << 62) - 1)
    reader.close()


def test_names_are_read_from_the_site_area_alone(tmp_path: Path) -> None:
    """Even if the lengths point behind it."""
    last = wire.SITES_SIZE - layouts.SITE.size - 4
    entry = layouts.SITE.pack(7, 0xFFFF, 0xFFFF) + b"a.py"
    path = changed(tmp_path, wire.SITES_OFFSET + last, entry + b"secret" * 8)
    with path.open("r+b") as file:
        file.seek(wire.RECORDS_OFFSET + 6 * 8)
        file.write(last.to_bytes(8, "little"))
    reader = RingReader(str(path))

    _, _, _, sites = reader.read()

    assert (sites[last].filename, sites[last].line, sites[last].function) == ("a.py", 7, "")
    reader.close()


def test_overlapping_sites_take_no_more_memory_than_their_area(tmp_path: Path) -> None:
    content = bytearray(_ring_bytes(tmp_path))
    content[wire.SITES_OFFSET : wire.RECORDS_OFFSET] = layouts.SITE.pack(1, 60_000, 60_000) * (
        wire.SITES_SIZE // layouts.SITE.size
    )
    content[wire.WRITTEN * 8 : wire.WRITTEN * 8 + 8] = wire.RING_CAPACITY.to_bytes(8, "little")
    for number in range(wire.RING_CAPACITY):
        record = layouts.RECORD.pack(5, 5, 0, 0, 0, 0, 8 + number % (wire.SITES_SIZE - 16), number + 1)
        place = wire.RECORDS_OFFSET + number * layouts.RECORD.size
        content[place : place + layouts.RECORD.size] = record
    (tmp_path / "lying").write_bytes(content)
    reader = RingReader(str(tmp_path / "lying"))

    records, _, _, sites = reader.read()

    assert len(records) == wire.RING_CAPACITY - 1
    assert len(sites) <= MOST_SITES
    assert sum(len(site.filename) + len(site.function) for site in sites.values()) <= wire.SITES_SIZE
    reader.close()


def changed(folder: Path, place: int, value: bytes) -> Path:
    """A ring of ours in which this was written over."""
    content = bytearray(_ring_bytes(folder))
    content[place : place + len(value)] = value
    (folder / "changed").write_bytes(content)
    return folder / "changed"


def test_links_folders_and_pipes_are_not_rings(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "fifo")
    for name in ("link", "fifo", "."):
        with pytest.raises((BadRing, OSError)):
            RingReader(str(tmp_path / name))


_CONTENT: list[bytes] = []


def _ring_bytes(folder: Path) -> bytes:
    if not _CONTENT:
        recorder, reader = make(folder)
        for _ in range(10):
            collect(recorder)
        (path,) = folder.glob("*.ring")
        _CONTENT.append(path.read_bytes())
        reader.close()
    return _CONTENT[0]
