"""Requests to a small Flask application, made in the same process by its test client."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request

from benchmarks.programs import measured

app = Flask(__name__)


@app.post("/orders/<int:number>")
def order(number: int) -> Response:
    body = request.get_json()
    return jsonify(number=number, items=[{"name": name, "length": len(name)} for name in body["items"]])


def work() -> None:
    answer = client.post("/orders/7?full=1", json={"items": ["one", "two", "three"]})
    assert answer.get_json()["number"] == 7


if __name__ == "__main__":
    client = app.test_client()
    measured.repeat(work)
