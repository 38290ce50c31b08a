"""Functions of lines, as indentation tells them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.functions import MOST_NAMED, Functions
from gctui.monitor.places import Places
from gctui.monitor.source_text import SourceReader

SOURCE = """\
import os

class Cache:
    size = 3
    def fill(self):
        for n in range(3):
            # a comment
            self.add(
                n,
            )
        def key():
\t    return 1
        return key

    async def drop(self):
        pass
# at the margin
        x = 2

x = 1
""".splitlines()


@pytest.mark.parametrize(
    ("line", "name", "begins"),
    [
        (1, "<module>", 0),
        (3, "<module>", 0),
        (4, "Cache", 3),
        (5, "Cache", 3),
        (6, "Cache.fill", 5),
        (7, "Cache.fill", 5),
        (9, "Cache.fill", 5),
        (11, "Cache.fill", 5),
        (12, "Cache.fill.key", 11),
        (13, "Cache.fill", 5),
        (16, "Cache.drop", 15),
        (18, "Cache.drop", 15),
        (20, "<module>", 0),
    ],
)
def test_the_function_of_a_line(line: int, name: str, begins: int) -> None:
    assert Functions(SOURCE).at(line) == (name, begins)


@pytest.mark.parametrize("line", [0, -1, 21, 10**6])
def test_a_line_that_is_not_there(line: int) -> None:
    assert Functions(SOURCE).at(line) is None


def test_deep_nesting_does_not_make_endless_names() -> None:
    functions = Functions([" " * n + f"def f{n}():" for n in range(200)])
    found = functions.at(200)
    assert found is not None
    assert len(found.name.split(".")) == MOST_NAMED


@given(st.lists(st.text(st.sampled_from(" \tdefclass_x:(#)\n"), max_size=20), max_size=30))
def test_any_lines_have_functions(lines: list[str]) -> None:
    functions = Functions(lines)
    assert all(functions.at(number) is not None for number in range(1, len(lines) + 1))


def test_the_same_as_is_shown_beside_the_source(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("source") / "cache.py"
    path.write_text("\n".join(SOURCE))
    functions, reader = Functions(SOURCE), SourceReader()
    for line in range(1, len(SOURCE) + 1):
        found = functions.at(line)
        assert found is not None
        assert found.name.rpartition(".")[2].replace("<module>", "") == reader.around(str(path), line).function


def test_files_that_cannot_be_read_have_none() -> None:
    places = Places()
    names = ["/nowhere/x.py", "<string>", "", "/dev/zero"]
    places.learn(places.read(places.unread(names)))
    assert places.unread(names) == ()
