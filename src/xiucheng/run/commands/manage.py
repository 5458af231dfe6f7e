"""Django 的管理命令 · Django's own commands, with the data folder's settings: `xiucheng manage shell`."""

import argparse
import os

from xiucheng.run.here import use_database


def configure(parser: argparse.ArgumentParser) -> None:
    """Everything after the name goes to Django."""
    parser.add_argument("words", nargs=argparse.REMAINDER, help="命令及其参数 · the command and its arguments")


def execute(args: argparse.Namespace) -> int:
    """Carry out one of Django's commands against this installation's database."""
    with use_database():
        from django.core.management import execute_from_command_line

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiucheng.run.settings")
        execute_from_command_line(["xiucheng manage", *args.words])
    return 0
