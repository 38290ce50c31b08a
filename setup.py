"""The one part that pyproject.toml cannot declare yet: the callback in C, which an installation can do without."""

from setuptools import Extension, setup

#: The oldest Python that is observed; built against its limited API, one file serves every later one too.
OLDEST = 0x03080000

setup(
    ext_modules=[
        Extension(
            "gctui.agent._callback",
            [f"gctui/agent/{name}.c" for name in ("_callback", "_unseen", "_tracing", "_router")],
            define_macros=[("Py_LIMITED_API", hex(OLDEST))],
            extra_compile_args=["-std=c11", "-O2", "-Wall", "-Wextra", "-fvisibility=hidden"],
            libraries=["m"],
            py_limited_api=True,
            depends=["gctui/agent/_functions.h", "gctui/agent/_router.h"],
            optional=True,  # no compiler or no headers: the callback in Python serves instead
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp310"}},
)
