"""Processes that come in by the door: who they are, what they say, and what becomes of liars."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gctui.agent import wire
from gctui.monitor import layouts
from gctui.monitor.door import MOST_UNSENT, Door, Visitor
from gctui.monitor.messages import ChannelClosed, GaugesRead, Hello, Said
from tests.unit.test_decode import GAUGES, HELLO


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    made = Door(str(tmp_path))
    yield made
    made.close()


class Guest:
    """This process at the other end."""

    def __init__(self, door: Door, folder: Path) -> None:
        self.end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.end.connect(str(folder / wire.DOOR))
        (self.visitor,) = door.accept(10)

    def says(self, *frames: bytes) -> list[Said]:
        for frame in frames:
            self.end.sendall(frame)
        return self.visitor.read()[0]

    def close(self) -> None:
        self.end.close()
        self.visitor.close()


@pytest.fixture
def guest(door: Door, tmp_path: Path) -> Iterator[Guest]:
    made = Guest(door, tmp_path)
    yield made
    made.close()


def hello(pid: int | None = None) -> bytes:
    return wire.frame(wire.HELLO, json.dumps({**HELLO, "pid": pid or os.getpid()}).encode())


def gauges(kind: int) -> bytes:
    return wire.frame(kind, json.dumps(GAUGES).encode())


def reason(said: list[Said]) -> str:
    closed = said[-1].message
    assert isinstance(closed, ChannelClosed)
    return closed.reason


def test_the_kernel_says_who_it_is(guest: Guest) -> None:
    assert guest.visitor.pid == os.getpid()
    (said,) = guest.says(hello())
    assert said.channel == guest.visitor.channel
    assert isinstance(said.message, Hello)


def test_nobody_waits(door: Door) -> None:
    assert door.accept(10) == []


def test_no_more_are_let_in_than_there_is_room(door: Door, tmp_path: Path) -> None:
    ends = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(5)]
    for end in ends:
        end.connect(str(tmp_path / wire.DOOR))
    came: list[Visitor] = door.accept(3)
    assert [visitor.channel for visitor in came] == [1, 2, 3]
    came += door.accept(3)
    assert [visitor.channel for visitor in came] == [1, 2, 3, 4, 5]
    for end in ends:
        end.close()
    for visitor in came:
        visitor.close()


def test_a_liar_about_its_number_is_cut_off(guest: Guest) -> None:
    assert reason(guest.says(hello(os.getpid() + 1))) == (
        f"The channel of process {os.getpid()} was closed: its agent says that it is process {os.getpid() + 1}."
    )


def test_one_hello_and_before_all_else(door: Door, guest: Guest, tmp_path: Path) -> None:
    assert "a second agent" in reason(guest.says(hello(), hello()))
    other = Guest(door, tmp_path)
    assert "has not said hello" in reason(other.says(gauges(wire.GAUGES)))
    other.close()


def test_after_a_goodbye_the_end_needs_no_reason(guest: Guest) -> None:
    said = guest.says(hello(), gauges(wire.BYE))
    assert isinstance(said[-1].message, GaugesRead)
    guest.end.close()
    assert reason(guest.visitor.read()[0]) == ""


def test_without_one_it_is_said(guest: Guest) -> None:
    guest.says(hello())
    guest.end.close()
    assert "without a goodbye" in reason(guest.visitor.read()[0])


def test_commands_arrive_and_are_bounded_for_one_that_does_not_read(guest: Guest) -> None:
    frame = wire.frame(wire.COLLECT, layouts.COMMAND.pack(1, 2, 0))
    assert guest.visitor.command(frame)
    assert guest.end.recv(100) == frame
    while guest.visitor.command(frame):
        pass
    assert guest.visitor.has_unsent
    assert guest.end.recv(MOST_UNSENT)
    assert guest.visitor.flush()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_whatever_it_says_the_worst_is_that_it_is_closed(door: Door, tmp_path: Path, data: bytes) -> None:
    guest = Guest(door, tmp_path)
    said = guest.says(data) if data else []
    assert all(isinstance(one.message, ChannelClosed) for one in said)
    guest.close()
