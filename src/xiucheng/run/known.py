"""What the machine does to us, as a sentence (环境故障): a full disk, a missing permission, a lost database are no bugs."""

import errno
import os
from pathlib import Path

from xiucheng.run.trouble import Trouble

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
DISK_FULL_STATE = "53100"
AWAY_STATES = ("08", "57P", "53300")
"""SQLSTATEs of a server that goes, went or takes nobody in; a connection that broke has none at all."""


def known(error: BaseException) -> Trouble | None:
    """The sentence for an error that is not ours, or for what caused it; None for a bug, which keeps its traceback."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, Trouble):
            return cause
        if isinstance(cause, OSError) and (found := _of_system(cause)):
            return found
        cause = cause.__cause__
    return _of_database(error)


def _of_system(error: OSError) -> Trouble | None:
    where = str(error.filename or "")
    if error.errno in FULL:
        return Trouble("no_space", folder=f" ({Path(where).parent})" if where else "")
    if error.errno in FORBIDDEN and where:
        return Trouble("no_permission", file=where, said=error.strerror)
    return None


def _of_database(error: BaseException) -> Trouble | None:
    import psycopg

    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        cause = cause.__cause__  # Django wraps what psycopg says
    if cause is None:
        return None
    said = (str(cause).strip().splitlines() or ["-"])[0]
    state = cause.sqlstate or ""
    if state == DISK_FULL_STATE or "No space left on device" in said:
        return Trouble("no_space", folder="")
    if state and not state.startswith(AWAY_STATES):
        return None
    return Trouble("database_unreachable" if os.environ.get("DATABASE_URL") else "database_lost", said=said)
