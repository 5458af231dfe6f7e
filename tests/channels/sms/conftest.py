"""A gateway that runs, and the account at it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.channels.sms.gateway import Gateway, Server

Account = Callable[..., None]


@pytest.fixture
def account(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Writes `channels.toml` with an account at this address."""
    path = tmp_path / "channels.toml"
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(path))

    def write(url: str = "http://127.0.0.1:1/", more: str = "", key: str = "the gateway's secret") -> None:
        text = f'[sms]\nurl = "{url}"\nkey_id = "district"\nsecret = "{key}"\nsign = "绣城"\ntest_number = "13812345678"\n{more}\n'
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)

    return write


@pytest.fixture
def gateway(account: Account) -> Iterator[Gateway]:
    made = Gateway()
    server = Server(made)
    account(server.url)
    yield made
    server.close()
