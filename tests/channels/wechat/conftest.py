"""The simulated platform, and an account with it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.channels.wechat.simulator import AES_KEY, APPID, SCRIPT, SECRET, TOKEN, Platform, Server


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def server(platform: Platform) -> Iterator[Server]:
    with Server(platform) as running:
        yield running


@pytest.fixture
def account(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes `channels.toml`; at first with safe mode and without templates."""
    path = tmp_path / "channels.toml"
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(path))
    count = iter(range(1, 1000))

    def write(more: str = "", *, safe: bool = True) -> None:
        server.platform.safe = safe
        lines = [f'appid = "{APPID}"', f'secret = "{SECRET}"', f'token = "{TOKEN}"', f'api = "{server.address}"']
        lines += [] if more.startswith("open") else [f'open = "{server.address}"']
        lines += [] if more.startswith("script") else [f'script = "{server.address}{SCRIPT}"']
        lines += [f'aes_key = "{AES_KEY}"'] if safe else []
        path.write_text("\n".join(["[wechat]", *lines, more, "# " + "." * next(count)]), encoding="utf-8")
        path.chmod(0o600)

    write()
    return write


@pytest.fixture(autouse=True)
def _no_token() -> None:
    """What this process remembers of tokens belongs to one test."""
    from xiucheng.channels.wechat import tokens  # Django is set up after this file is read

    tokens.forget()
