"""The process that all others are forked from (母进程): it loads the program once, and each fork shares what it has loaded.

`python -m xiucheng.run.first`. It reads orders, one JSON object a line (`{"name", "module", "arguments", "log"}`), forks, and answers
each with the child's process id; it opens neither a connection nor a thread. A child runs `main(arguments)` of its module in a
session of its own and does not outlive this process. When the orders end, the children are asked to stop.
"""

import ctypes
import gc
import importlib
import json
import logging
import os
import signal
import sys
import threading
import traceback
from types import FrameType
from typing import Any, Final

PR_SET_PDEATHSIG: Final = 1
LAST_WAIT_SECONDS: Final = 12
READY: Final = "ready"
SHARED: Final = (
    "uvicorn.loops.asyncio",
    "uvicorn.protocols.http.h11_impl",
    "uvicorn.lifespan.on",
    "granian.server",
    "xiucheng.live.door",
    "xiucheng.live.hub",
    "xiucheng.live.listen",
)
"""What children need besides the pages. Nothing that makes something of its own when it is loaded (a key, a thread) may stand here."""


def load() -> None:
    """Load what the children share. What is loaded stays until the end, so the collector need not walk it again."""
    from xiucheng.run import worker, wsgi

    assert wsgi.application is not None
    for module in SHARED:
        importlib.import_module(module)
    worker.loops()
    gc.collect()
    gc.freeze()


def die_with(parent: int) -> None:
    """Be killed when this parent ends; leave at once if it has ended already."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def fork(order: dict[str, Any], to_close: tuple[int, ...]) -> int:
    """A child that carries out the order; gives its process id."""
    first = os.getpid()
    if (pid := os.fork()) != 0:
        return pid
    code = 1
    try:
        die_with(first)
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        for descriptor in to_close:
            os.close(descriptor)
        _name(str(order["name"]), str(order["log"]))
        code = int(importlib.import_module(order["module"]).main(order["arguments"]) or 0)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # nothing of the first process may be cleared away by a child


def _name(name: str, log: str) -> None:
    """The child's own log, and its own name at the database."""
    from django.db import connections

    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(written, 1)
    os.dup2(written, 2)
    os.environ["XIUCHENG_PROCESS"] = name
    connections.settings["default"]["OPTIONS"]["application_name"] = name


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    """Fork as told until the orders end, then ask the children to stop and wait for them a little."""
    orders, answers = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # whatever else is printed here goes to the log
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    children: set[int] = set()
    try:
        load()
        assert threading.active_count() == 1
        os.write(answers, f"{READY}\n".encode())
        with os.fdopen(orders, "rb", closefd=False) as lines:
            for line in lines:
                children -= _ended()
                pid = fork(json.loads(line), (orders, answers))
                children.add(pid)
                os.write(answers, f"{pid}\n".encode())
    finally:
        _stop(children)


def _ended() -> set[int]:
    """The children that have ended, cleared away; until then no other process gets their numbers."""
    found: set[int] = set()
    try:
        while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
            found.add(pid)
    except ChildProcessError:
        pass
    return found


def _stop(children: set[int]) -> None:
    for pid in children:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            continue
    signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
    signal.alarm(LAST_WAIT_SECONDS)
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:  # none is left
        return


if __name__ == "__main__":
    main()
