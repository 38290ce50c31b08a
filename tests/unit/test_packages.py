"""Whose code a file is, told by its name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gctui.monitor.packages import Package, package_of


@pytest.mark.parametrize(
    ("filename", "name", "kind", "place"),
    [
        ("/v/lib/python3.12/site-packages/django/db/models.py", "django", "installed", "site-packages"),
        ("/v/lib/python3.12/site-packages/six.py", "six", "installed", "site-packages"),
        ("/v/lib/python3.12/site-packages/_x.cpython-312.so", "_x", "installed", "site-packages"),
        ("/usr/lib/python3/dist-packages/apt/cache.py", "apt", "installed", "site-packages"),
        ("/srv/app/.venv/lib64/python3.13t/site-packages/a/b.py", "a", "installed", "site-packages"),
        ("/usr/lib/python3.8/json/decoder.py", "json", "standard", "standard library"),
        ("/usr/lib/python3.13t/threading.py", "threading", "standard", "standard library"),
        ("/opt/lib/python312.zip/re/_parser.py", "re", "standard", "standard library"),
        ("<frozen importlib._bootstrap>", "importlib", "standard", "standard library"),
        ("<frozen os>", "os", "standard", "standard library"),
        ("<string>", "<string>", "own", "typed in"),
        ("<attrs generated init a.B>", "<attrs generated init a.B>", "generated", "generated code"),
        ("", "", "generated", "generated code"),
        ("/srv/app/shop/views.py", "shop", "own", "/srv/app/shop"),
        ("/srv/app/shop/api/v1.py", "shop", "own", "/srv/app/shop"),
        ("/srv/app/src/shop/api/v1.py", "shop", "own", "/srv/app/src/shop"),
        ("/srv/app/src/run.py", "src", "own", "/srv/app/src"),
        ("/srv/app/main.py", "app", "own", "/srv/app"),
        ("main.py", "app", "own", "/srv/app"),
        ("./shop/../shop/views.py", "shop", "own", "/srv/app/shop"),
        ("/srv/application/x.py", "application", "own", "/srv/application"),
        ("/home/me/tools/x.py", "tools", "own", "/home/me/tools"),
        ("/x.py", "/", "own", "/"),
    ],
)
def test_each_kind_of_place(filename: str, name: str, kind: str, place: str) -> None:
    found = package_of(filename, "/srv/app")
    assert (found.name, found.kind, found.place) == (name, kind, place)


def test_a_program_that_was_started_at_the_root() -> None:
    assert package_of("/app/x.py", "/") == Package("app", "own", "/app")
    assert package_of("app/x.py", "") == Package("app", "own", "app")


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_name_has_a_package(filename: str, directory: str) -> None:
    found = package_of(filename, directory)
    assert found.place
    assert found.name or not filename
