"""建表或升级数据表 · bring the tables to this program's shape (run does it by itself)."""

import argparse

from xiucheng.run.here import use_database
from xiucheng.run.say import answer, say


def configure(parser: argparse.ArgumentParser) -> None:
    """No options."""
    _ = parser


def execute(args: argparse.Namespace) -> int:
    """Migrate; nothing to do is fine too."""
    with use_database(django=True, create=True):
        from xiucheng.run.prepare import bar, migrate

        with bar() as progress:
            steps = migrate(progress)
    say(f"✔ 完成 {steps} 步。", f"✔ {steps} steps done.", style="green")
    if args.json:
        answer({"ok": True, "steps": steps})
    return 0
