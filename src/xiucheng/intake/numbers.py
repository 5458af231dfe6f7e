"""Numbers that a platform may change (平台限额): `limits.toml` in the channel's folder, each with its source and the day it was seen."""

import functools
import tomllib
from importlib.resources import files
from typing import Any


@functools.cache
def limits(channel: str) -> dict[str, Any]:
    """The channel's numbers by name: `{"window_hours": 48, …}`."""
    text = (files("xiucheng.channels") / channel / "limits.toml").read_text(encoding="utf-8")
    return {name: row["value"] for name, row in tomllib.loads(text).items()}
