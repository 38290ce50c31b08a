"""JSON documents, written and read again: many containers that live for a moment, and no cycle."""

from __future__ import annotations

import json

from benchmarks.programs import measured

DOCUMENT = {
    "orders": [
        {"id": number, "tags": ["new", "paid", str(number)], "price": number * 1.01, "customer": {"name": f"n{number}"}}
        for number in range(300)
    ]
}


def work() -> None:
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT


if __name__ == "__main__":
    measured.repeat(work)
