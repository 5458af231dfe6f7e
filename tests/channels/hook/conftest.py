"""Two partners in `channels.toml`: the city's platform, which listens, and another that only sends."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.channels.hook.platform import Platform, Server

Account = Callable[..., None]
SECRETS = {"city": "the platform's secret", "park": "the park's own secret"}


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Account:
    """Writes the accounts, with the platform at this address."""
    settings.MEDIA_ROOT = tmp_path / "media"
    path = tmp_path / "channels.toml"
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(path))

    def write(url: str = "", more: str = "", city: str = "") -> None:
        path.write_text(
            f'[hook]\n{more}\n[hook.partners.city]\nname = "市级平台"\nsecret = "{SECRETS["city"]}"\nurl = "{url}"\n{city}\n'
            f'[hook.partners.park]\nsecret = "{SECRETS["park"]}"\nper_minute = 3\n',
            encoding="utf-8",
        )
        path.chmod(0o600)

    return write


@pytest.fixture
def platform(account: Account) -> Iterator[Platform]:
    made = Platform()
    server = Server(made)
    account(server.url)
    yield made
    server.close()
