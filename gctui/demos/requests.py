"""A client that keeps every response, so that memory grows in one place.

What it is: a real HTTP client, the library requests, which fetches small pages from a server that the demo itself
starts on this machine. Each `Response` is put into a list and never taken out, as a cache without a limit does it.

What to look for: the objects of type `requests.models.Response` grow by some fifty a second. The traceback of one leads
into requests/adapters.py, in `build_response`, and what keeps it alive is `kept` in this module: a leak, which no
collection frees.

Which key to press: `i` counts the objects by type, `v` there says whether they are a leak or not yet collected;
`enter` on the type, and on one of its objects, leads to its traceback and to the list. Start it with `--alloc exact`.
"""

from __future__ import annotations

import argparse
import http.server
import importlib
import sys
import threading
import time
from pathlib import Path
from typing import Any

PAUSE = 0.02
"""Seconds between two requests."""

kept: list[Any] = []


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b"x" * 2000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002, as in the base
        pass


def library() -> Any:
    """The library, not this file, which bears its name and lies first on the path of a script."""
    own = str(Path(__file__).parent)
    sys.path[:] = [folder for folder in sys.path if folder != own]
    try:
        return importlib.import_module("requests")
    except ImportError:
        raise SystemExit("This demo needs the library requests: pip install 'gctui[requests]'.") from None


def fetch(seconds: float) -> None:
    """Fetch and keep for that many seconds; 0: until interrupted."""
    requests = library()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    print(f"fetching from {url}", flush=True)
    started = time.monotonic()
    with requests.Session() as session:
        session.trust_env = False  # no proxy on the way to our own server
        while not seconds or time.monotonic() - started < seconds:
            kept.append(session.get(url))
            if len(kept) % 250 == 0:
                print(f"{len(kept):,} responses kept", flush=True)
            time.sleep(PAUSE)
    print(f"{len(kept):,} responses kept", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0, help="end after that many seconds (default: run on)")
    try:
        fetch(parser.parse_args().seconds)
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
