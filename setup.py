"""The one part that pyproject.toml cannot declare yet: the callback in C, which an installation can do without."""

from setuptools import Extension, setup

#: The oldest Python that is observed; built against its limited API, one file serves every later one too.
OLDEST = 0x03080000

setup(
    ext_modules=[
        Extension(
            "gctui.agent._callback",
            ["gctui/agent/_callback.c"],
            define_macros=[("Py_LIMITED_API", hex(OLDEST))],
            extra_compile_args=["-std=c11", "-O2", "-Wall", "-Wextra"],
            py_limited_api=True,
            optional=True,  # no compiler or no headers: the callback in Python serves instead
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp310"}},
)
