"""The binary layouts of `wire`, ready to use."""

from struct import Struct

from gctui.agent import wire

FRAME = Struct(wire.FRAME)
COMMAND = Struct(wire.COMMAND)
ALLOCATIONS_HEAD = Struct(wire.ALLOCATIONS_HEAD)
HEADER = Struct(f"<{wire.HEADER_WORDS}Q")
RECORD = Struct(wire.RECORD)
SITE = Struct(wire.SITE)
