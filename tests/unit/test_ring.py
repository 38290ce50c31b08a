"""The flight recorder: what the agent writes, the monitor reads, and damage never does worse than `BadRing`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gctui.agent import wire
from gctui.agent.recorder import Recorder
from gctui.monitor.ring_reader import NO_FRAME, BadRing, RingReader


def make(folder: Path) -> tuple[Recorder, RingReader]:
    recorder = Recorder(str(folder), 0, True, "/nowhere/")
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
    assert (record[2], record[3], record[7], missed, running) == (2, 7, 1, 0, None)
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

    recorder = Recorder(str(tmp_path), 0, True, "/nowhere/")

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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
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
