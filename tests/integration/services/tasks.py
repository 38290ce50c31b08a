"""A Celery application whose broker and results are files in the folder that FOLDER names."""

import gc
import os

from celery import Celery  # type: ignore[import-untyped]

folder = os.environ["FOLDER"]
app = Celery("tasks", broker="filesystem://", backend="file://" + os.path.join(folder, "results"))
app.conf.update(
    broker_transport_options={
        "data_folder_in": os.path.join(folder, "queue"),
        "data_folder_out": os.path.join(folder, "queue"),
        "control_folder": os.path.join(folder, "control"),
    },
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
)


@app.task  # type: ignore[untyped-decorator]
def work(number: int) -> int:
    for _ in range(500):
        loop: list[object] = []
        loop.append(loop)
    gc.collect(1)
    return number * number
