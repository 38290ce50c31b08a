"""A web request after the other through the standard library: parsed, answered by a WSGI application, written."""

from __future__ import annotations

import json
from http.client import parse_headers
from io import BytesIO
from urllib.parse import parse_qs, urlsplit
from wsgiref.handlers import SimpleHandler
from wsgiref.headers import Headers

from benchmarks.programs import measured

BODY = json.dumps({"items": ["one", "two", "three"], "note": "as soon as possible"}).encode()
REQUEST = (
    b"POST /orders/7?full=1&by=date HTTP/1.1\r\nHost: shop.example\r\nAccept: */*\r\n"
    b"User-Agent: benchmark/1.0\r\nCookie: session=0123456789abcdef; theme=dark\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
) % (len(BODY), BODY)


def application(environ, start_response):  # type: ignore[no-untyped-def]
    order = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    wanted = parse_qs(environ["QUERY_STRING"])
    items = [{"name": name, "length": len(name), "by": wanted["by"][0]} for name in order["items"]]
    answer = json.dumps({"path": environ["PATH_INFO"], "items": items}).encode()
    headers = Headers([("Content-Type", "application/json")])
    headers.add_header("Content-Length", str(len(answer)))
    start_response("200 OK", headers.items())
    return [answer]


def work() -> None:
    incoming, outgoing, errors = BytesIO(REQUEST), BytesIO(), BytesIO()
    method, target, version = incoming.readline().decode("ascii").split()
    headers = parse_headers(incoming)
    url = urlsplit(target)
    environ = {
        "SERVER_PROTOCOL": version,
        "REQUEST_METHOD": method,
        "PATH_INFO": url.path,
        "QUERY_STRING": url.query,
        "CONTENT_LENGTH": headers["Content-Length"],
        "CONTENT_TYPE": headers["Content-Type"],
        **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()},
    }
    SimpleHandler(incoming, outgoing, errors, environ).run(application)  # type: ignore[arg-type]
    assert b'"name": "three"' in outgoing.getvalue()


if __name__ == "__main__":
    measured.repeat(work)
