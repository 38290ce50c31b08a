"""An asyncio server and its clients over loopback TCP, a line at a time."""

from __future__ import annotations

import asyncio
import sys

from benchmarks.programs import measured

CLIENTS, LINES = 10, 20


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()
    writer.close()


async def ask(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number in range(LINES):
        line = b"line %d\n" % number
        writer.write(line)
        assert await reader.readline() == line
    writer.close()
    await writer.wait_closed()


async def main(times: int) -> None:
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        for _ in range(times):
            await asyncio.gather(*[ask(port) for _ in range(CLIENTS)])


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
    measured.report()
