"""A platform of 12345 and an account with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.channels.order12345.city_hotline import Hotline

SECRET = "a-secret-of-the-city-12345"


@pytest.fixture
def hotline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hotline]:
    made = Hotline(SECRET)
    path = tmp_path / "channels.toml"
    path.write_text(f'[order12345]\nsecret = "{SECRET}"\nurl = "{made.url}"\ndatum = "gcj02"\n', encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("XIUCHENG_CHANNELS", str(path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield made
    made.close()
