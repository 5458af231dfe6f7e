"""Django 的管理命令 · Django's own commands, with the data folder's settings: `xiucheng manage shell`."""

import argparse
import os
from collections.abc import Callable

from xiucheng.run.here import use_database
from xiucheng.run.say import answer


def configure(parser: argparse.ArgumentParser) -> None:
    """Everything after the name goes to Django."""
    parser.add_argument(
        "words",
        nargs=argparse.REMAINDER,
        help="命令及其参数；--json 写在前面 · the command and its arguments, after --json",
    )


def execute(args: argparse.Namespace) -> int:
    """Carry out one of Django's commands against this installation's database."""
    with use_database():
        from django.core.management import execute_from_command_line

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiucheng.run.settings")
        code = _carry_out(execute_from_command_line, ["xiucheng manage", *args.words])
    if args.json:
        answer({"ok": code == 0, "exit_code": code})
    return code


def _carry_out(command: Callable[[list[str]], None], words: list[str]) -> int:
    """Django ends the process when something is wrong; here it gives the exit code."""
    try:
        command(words)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0
