"""The pages and the API over HTTP (网页服务): granian with a few threads in each worker process.

`python -m xiucheng.run.web HOST PORT WORKERS THREADS`. The first process loads everything once and then only watches: the
workers fork from it, share what it has loaded (some 50 MB each), and one that dies is replaced in a moment. It opens neither
a connection nor a thread before it forks.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def die_with_the_first() -> None:
    """A worker must not outlive the process that started it: it would go on holding the port."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def main(arguments: list[str]) -> None:
    """Serve until told to stop; a worker that dies is replaced at once."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from xiucheng.run import wsgi  # loaded here for all workers

    assert wsgi.application is not None
    multiprocessing.set_start_method("fork", force=True)
    os.register_at_fork(after_in_child=die_with_the_first)
    host, port, workers, threads = arguments[0], int(arguments[1]), int(arguments[2]), int(arguments[3])
    Server(
        "xiucheng.run.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        blocking_threads_idle_timeout=600,
        backpressure=threads * 16,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=10,
        working_dir=Path("/"),
    ).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
