"""A worker whose parent is gone ends too: nothing is left running after a kill -9."""

from __future__ import annotations

import os
import signal
from multiprocessing import parent_process
from threading import Thread


def end_with_parent() -> None:
    """Watch the process that spawned this one, where it was spawned as a worker."""
    parent = parent_process()
    if parent is not None:
        # Daemonic: it must not keep a worker that ends in order.
        Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: object) -> None:
    parent.join()  # type: ignore[attr-defined]  # multiprocessing's stub knows no parent type
    os.kill(os.getpid(), signal.SIGTERM)
