"""Source lines from files that nobody vouches for: always lines or a sentence, never an exception."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor import source_text
from gctui.monitor.source_text import LONGEST_LINE, MOST_FILES, SourceReader

SOURCE = """\
import os

class Cache:
    def fill(self):
        for n in range(3):
            # a comment
            self.add(
                n,
            )

    async def drop(self):
        pass

x = 1
"""


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "cache.py"
    path.write_text(SOURCE)
    return str(path)


def test_lines_around_a_line(source: str) -> None:
    text = SourceReader().around(source, 4, 1, 1)
    assert text.problem == ""
    assert text.first == 3
    assert text.lines == ("class Cache:", "    def fill(self):", "        for n in range(3):")


@pytest.mark.parametrize(
    ("line", "function"), [(1, ""), (4, "Cache"), (5, "fill"), (8, "fill"), (12, "drop"), (14, "")]
)
def test_the_function_is_told_by_indentation(source: str, line: int, function: str) -> None:
    assert SourceReader().around(source, line).function == function


def test_the_first_and_the_last_lines_have_fewer_around_them(source: str) -> None:
    reader = SourceReader()
    assert reader.around(source, 1, 3, 1).first == 1
    assert reader.around(source, 14, 1, 5).lines == ("", "x = 1")


def test_relative_names_start_where_the_program_was_started(source: str) -> None:
    assert SourceReader(os.path.dirname(source)).around("cache.py", 1).lines


@pytest.mark.parametrize(
    "name", ["", "<string>", "<frozen importlib._bootstrap>", "/nowhere/x.py", "\0", "a" * 5000, "/", "/dev/zero"]
)
def test_names_without_a_file_get_a_sentence(name: str) -> None:
    text = SourceReader().around(name, 1)
    assert not text.lines
    assert text.problem.endswith(".")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    assert SourceReader().around(str(tmp_path / "pipe.py"), 1).problem.startswith("Not a regular file")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.py"
    with path.open("wb") as file:
        file.truncate(source_text.LARGEST_FILE + 1)
    assert "larger than" in SourceReader().around(str(path), 1).problem


def test_a_file_that_has_become_shorter_is_told(source: str) -> None:
    assert "only 14 lines" in SourceReader().around(source, 15).problem


def test_a_line_of_a_whole_file_is_not_known(source: str) -> None:
    assert SourceReader().around(source, 0).problem


def test_long_lines_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    path.write_text("x" * 1_000_000)
    assert SourceReader().around(str(path), 1).lines == ("x" * LONGEST_LINE,)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("# coding: latin-1\nname = 'é'".encode("latin-1"), "name = 'é'"),
        (b"# coding: no-such-codec\nx = 1", "x = 1"),
        (b"# coding: hex\nx = 1", "x = 1"),
        (b"# coding: unicode_escape\nx = '\\x", None),
        (b"\xef\xbb\xbf# bom\nx = 1", "x = 1"),
        (b"a\r\nb", "b"),
        (b"a\rb", "b"),
        (b"a\n\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_encodings(tmp_path: Path, raw: bytes, line: str | None) -> None:
    path = tmp_path / "coded.py"
    path.write_bytes(raw)
    text = SourceReader().around(str(path), 2, 0, 0)
    assert text.problem == ""
    assert line is None or text.lines == (line,)


@given(raw=st.binary(max_size=300), line=st.integers(-5, 50), around=st.integers(0, 5))
def test_any_bytes_are_lines_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, line: int, around: int
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.py"
    path.write_bytes(raw)
    text = SourceReader().around(str(path), line, around, around)
    assert bool(text.lines) != bool(text.problem)


def test_a_reader_keeps_few_files(tmp_path: Path) -> None:
    reader = SourceReader()
    for number in range(MOST_FILES + 5):
        path = tmp_path / f"{number}.py"
        path.write_text("x = 1\n")
        assert reader.around(str(path), 1).lines == ("x = 1",)
    assert len(reader._files) == MOST_FILES
