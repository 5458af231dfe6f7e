"""A service of its own for the measurements (测试用服务): started in a folder of its own, stopped at the end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xiucheng.run.ground import Ground
from xiucheng.run.trouble import Trouble

READY_SECONDS = 600.0


def accounts(folder: Path) -> Path:
    """Where the service finds its accounts at platforms: never those of the person who measures."""
    return folder / "bench-channels.toml"


def free_port() -> int:
    """A port with a free one after it."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@contextmanager
def running(folder: Path) -> Iterator[dict[str, Any]]:
    """The state of a service that runs in `folder` meanwhile; `seconds` is how long its start took."""
    environment = {**os.environ, "XIUCHENG_DATA": str(folder), "XIUCHENG_CHANNELS": str(accounts(folder))}
    environment.pop("DATABASE_URL", None)
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "bench.log"
    began = time.monotonic()
    with log.open("ab") as out:
        command = [sys.executable, "-m", "xiucheng.run.cli", "run", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True)
    try:
        state = _wait(Ground(folder), process, port, began)
        yield {**state, "seconds": round(time.monotonic() - began, 2)}
    finally:
        process.send_signal(signal.SIGTERM)  # a shell may have told its background jobs to ignore Ctrl-C
        process.wait(60)


def _wait(ground: Ground, process: "subprocess.Popen[bytes]", port: int, began: float) -> dict[str, Any]:
    import urllib.error
    import urllib.request

    while time.monotonic() < began + READY_SECONDS and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                state = ground.read_state()
                if state is not None:
                    return state
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    raise Trouble("not_running")
