"""What the servers serve: each request makes garbage in loops, and each tenth one collects. WSGI and ASGI."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

_requests = itertools.count(1)


def _work() -> bytes:
    for _ in range(500):
        loop: list[object] = []
        loop.append(loop)
    if next(_requests) % 10 == 0:
        gc.collect()
    return b"done\n"


def wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    body = _work()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


async def asgi(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    body = _work()
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
