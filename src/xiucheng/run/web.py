"""The pages and the API over HTTP (网页服务): granian with a few threads in each worker process.

`python -m xiucheng.run.web HOST PORT WORKERS THREADS`. The first process only watches; it never loads Django.
"""

import sys
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Serve until told to stop; a worker that dies is replaced at once."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

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
