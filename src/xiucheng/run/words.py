"""The command line's words (命令行参数): wrong use is a sentence in Chinese and English, and an object with `--json`."""

import argparse
import os
import re
import sys
from typing import Final, NoReturn

from xiucheng.run.say import answer

WRONG_USE: Final = 2
CHINESE: Final = (
    (re.compile(r"the following arguments are required: "), "缺少参数："),
    (re.compile(r"unrecognized arguments: "), "没有这个参数："),
    (re.compile(r"argument (\S+): expected one argument"), r"\1 后面缺一个值"),
    (re.compile(r"argument (\S+): invalid \w+ value: "), r"\1 的值不对："),
    (re.compile(r"argument (\S+): invalid choice: (\S+) \(choose from (.*)\)"), r"\1 没有 \2，可选：\3"),
    (re.compile(r"argument (\S+): "), r"\1 的值不对："),
)
"""What argparse says most often; the rest is shown as it is."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in both languages; shows a description line by line as it was written."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"formatter_class": argparse.RawDescriptionHelpFormatter, **options})  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Ends with 2; the object, where one was asked for, is the last line."""
        zh = message
        for english, chinese in CHINESE:
            zh, found = english.subn(chinese, zh, count=1)
            if found:
                break
        zh = f"{zh}。用法见 {self.prog} --help。"
        self.print_usage(sys.stderr)
        if os.environ.get("XIUCHENG_JSON") == "1":
            answer({"ok": False, "code": "wrong_use", "zh": zh, "en": message})
        self.exit(WRONG_USE, f"✗ {zh}\n  {message}\n")


def common(parser: argparse.ArgumentParser, *, json: bool = False, lang: str | None = None) -> None:
    """The options that every command has."""
    parser.add_argument(
        "--json",
        action="store_true",
        default=json,
        help="最后一行输出一个 JSON 对象 · one JSON object on the last line",
    )
    parser.add_argument("--lang", choices=["zh", "en"], default=lang, help="提示语言 · language of messages")


def at_least_one(words: str) -> int:
    """How many processes, threads, reports; none at all would do nothing."""
    if (number := int(words)) < 1:
        raise argparse.ArgumentTypeError(f"{words}（至少为 1 · 1 at least）")
    return number


def not_negative(words: str) -> int:
    """How many, or 0 for all."""
    if (number := int(words)) < 0:
        raise argparse.ArgumentTypeError(f"{words}（不能小于 0 · 0 at least）")
    return number


def above_zero(words: str) -> float:
    """How fast or how long."""
    if not 0 < (number := float(words)) < float("inf"):
        raise argparse.ArgumentTypeError(f"{words}（须大于 0 · more than 0）")
    return number
