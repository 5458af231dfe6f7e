"""How commands speak to the person at the terminal (终端输出): Chinese first, English when asked, one object for machines."""

import json
import os
import sys
from typing import Any

from rich.console import Console

from xiucheng.rules.refusals import Refused
from xiucheng.run.trouble import Trouble

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def english() -> bool:
    """Whether English was asked for (`--lang en` or XIUCHENG_LANG=en)."""
    return os.environ.get("XIUCHENG_LANG", "zh").startswith("en")


def both(zh: str, en: str) -> str:
    return en if english() else zh


def say(zh: str, en: str, style: str | None = None) -> None:
    """One sentence for the person; it goes to standard error where the output is for a machine."""
    (err if os.environ.get("XIUCHENG_JSON") == "1" else out).print(both(zh, en), style=style, markup=False)


def complain(trouble: Trouble | Refused) -> None:
    """What went wrong and the way out, in Chinese and English."""
    err.print(f"✗ {trouble.zh}", style="bold red", markup=False)
    err.print(f"  {trouble.en}", style="dim", markup=False)


def answer(result: dict[str, Any]) -> None:
    """One JSON object on the last line of standard output."""
    sys.stdout.write(json.dumps(result, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()
