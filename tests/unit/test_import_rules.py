"""The rings of imports, proved on running interpreters, and that the tool that checks them in CI bites."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from gctui.agent.loading import NAMES

ROOT = Path(__file__).resolve().parents[2]

IMPORT_AND_LIST = """
import importlib, json, sys
sys.path.insert(0, {root!r})
for name in {names!r}:
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""

HEAVY_FOR_A_GUEST = {"asyncio", "inspect", "json", "logging", "re", "socket", "subprocess", "threading", "typing"}
"""Standard modules that the observed program may not want, or that change when something patches them."""


def modules_of(package: str) -> list[str]:
    """Every module of a gctui package, without importing any. The bootstrap folder holds scripts, not modules."""
    files = (ROOT / "gctui" / package).rglob("*.py")
    names = (file.relative_to(ROOT).with_suffix("") for file in files if file.parent.name != "bootstrap")
    return sorted(".".join(name.parts).removesuffix(".__init__") for name in names)


def loaded_after(flags: list[str], names: list[str]) -> set[str]:
    """The modules a new interpreter has after importing `names`."""
    code = IMPORT_AND_LIST.format(root=str(ROOT), names=names)
    answer = subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return set(json.loads(answer.stdout))


def loaded_by_command(*arguments: str) -> set[str]:
    """The modules that `gctui ARGUMENTS` has imported by its end, as the interpreter itself reports them."""
    answer = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "gctui", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return {line.rpartition("|")[2].strip() for line in answer.stderr.splitlines()}


def tops(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def test_the_agent_stands_on_the_standard_library_alone() -> None:
    names = modules_of("agent")
    assert "gctui.agent.recorder" in names
    loaded = loaded_after(["-I", "-S"], names)
    assert set(names) <= loaded
    assert tops(loaded) - sys.stdlib_module_names <= {"gctui", "__main__", "__mp_main__"}


def test_all_modules_of_the_agent_are_found_in_the_observed_process() -> None:
    loaded_otherwise = {"gctui.agent", "gctui.agent.entry", "gctui.agent.loading"}
    assert {f"gctui.agent.{name}" for name in NAMES} | loaded_otherwise == set(modules_of("agent"))


def test_the_agent_imports_little() -> None:
    bare = loaded_after(["-I", "-S"], [])
    loaded = loaded_after(["-I", "-S"], modules_of("agent"))
    assert loaded - bare, "something was imported at all"
    assert not HEAVY_FOR_A_GUEST & (loaded - bare)


def test_the_monitor_knows_no_screen() -> None:
    assert not {"textual", "rich"} & tops(loaded_after([], modules_of("monitor")))


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_asking_opens_no_screen(option: str) -> None:
    loaded = loaded_by_command(option)
    assert "gctui.cli" in loaded
    assert not {"textual", "rich"} & tops(loaded)


BREACHES = {
    "Imports go inward only": ("monitor", "import gctui.ui"),
    "The agent and the demos stand on the standard library alone": ("agent", "import psutil"),
    "Textual and Rich are known in the ui only": ("export", "import rich.text"),
    "psutil is known in the monitor only": ("ui", "import psutil"),
}
"""Contract -> (package, the line that breaks it)."""


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sysconfig.get_path("scripts")) / "lint-imports", "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_planted_breach_of_each_rule_is_caught(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "gctui", tmp_path / "gctui", ignore=shutil.ignore_patterns("__pycache__"))
    clean = lint_imports(tmp_path)
    assert clean.returncode == 0, clean.stdout
    assert "0 broken" in clean.stdout
    for package, line in BREACHES.values():
        (tmp_path / "gctui" / package / "breach.py").write_text(line + "\n")
    broken = [line for line in lint_imports(tmp_path).stdout.splitlines() if line.endswith(" BROKEN")]
    for contract in BREACHES:
        assert any(line.startswith(contract) for line in broken), contract
