"""The pages and the API over HTTP (网页服务): granian with a few threads in each worker process.

`python -m xiucheng.run.web HOST PORT WORKERS THREADS`, or forked when everything has been loaded (`run/first.py`). This process only
watches: the workers fork from it, and one that dies is replaced in a moment. It opens neither a connection nor a thread before it forks.
"""

import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

from xiucheng.run.first import die_with


def main(arguments: list[str]) -> None:
    """Serve until told to stop; a worker that dies is replaced at once."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from xiucheng.run import wsgi  # loaded before the workers fork

    assert wsgi.application is not None
    multiprocessing.set_start_method("fork", force=True)
    own = os.getpid()
    os.register_at_fork(after_in_child=lambda: die_with(own))  # a worker that outlived us would go on holding the port
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
    ).serve(target_loader=begin, wrap_loader=False)


def begin() -> Any:
    """What a worker serves, once it has forked; the registers are read while it begins."""
    from xiucheng.run import warm, wsgi

    warm.read_registers()
    return wsgi.application


if __name__ == "__main__":
    main(sys.argv[1:])
