"""One server for each data directory: a file lock that its processes hold while any of them lives.

The descriptor is handed down to the supervisor and to all of Postgres, so that whoever gets the
lock knows that nothing of an earlier run is left, however that run ended.
"""

import fcntl
import os
from pathlib import Path

from web.embedded.account import Account


def try_claim(path: Path, account: Account) -> int | None:
    """The locked descriptor, or None while other processes hold it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    # Made by root for another: that user must be able to open it as well.
    account.take(path)
    return descriptor
