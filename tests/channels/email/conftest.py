"""A port for mail that is open, and the account that names it."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.district import District

from xiucheng.channels.email.sink import Sink

OURS = "shi@example.org"


class Opened:
    """A sink in a thread of its own, as the service has it in a process."""

    def __init__(self) -> None:
        self.sink = Sink("127.0.0.1", 0)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self.sink.open(), self.loop).result(10)

    @property
    def port(self) -> int:
        return self.sink.port

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.sink.close(), self.loop).result(20)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


def write(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The account of e-mail."""
    path = folder / "channels.toml"
    path.write_text(f'[email]\naddress = "{OURS}"\n{text}\n', encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(path))


@pytest.fixture
def opened(
    lasting: None, district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[Opened]:
    settings.MEDIA_ROOT = tmp_path / "media"
    made = Opened()
    write(tmp_path, monkeypatch, f'sink = "127.0.0.1:{made.port}"')
    yield made
    made.close()
