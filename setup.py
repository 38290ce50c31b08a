"""What pyproject.toml cannot declare yet: the C part of the agent, which an installation can do without."""

from pathlib import Path

from setuptools import Extension, setup

#: The oldest Python that is observed; built against its limited API, one file serves every later one too.
OLDEST = 0x03080000

#: Relative: setuptools takes no other path.
SOURCES = Path("gctui/agent/native")

setup(
    ext_modules=[
        Extension(
            "gctui.agent._native",
            sorted(str(source) for source in SOURCES.glob("*.c")),
            define_macros=[("Py_LIMITED_API", hex(OLDEST))],
            extra_compile_args=["-std=c11", "-O2", "-Wall", "-Wextra", "-fvisibility=hidden"],
            libraries=["m", "dl"],
            py_limited_api=True,
            depends=sorted(str(header) for header in SOURCES.glob("*.h")),
            optional=True,  # no compiler or no headers: the agent does what it can in Python
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp310"}},
)
