"""The one command `xiucheng` (命令入口): every subcommand is a module in `run/commands/` with `configure` and `execute`.

Exit codes: 0 done · 1 something was found wrong or a part failed · 2 wrong use · 3 it could not be done, with a sentence why ·
130 stopped by Ctrl-C or a signal. With `--json` the last line is one object, whatever happened.
"""

import argparse
import importlib
import os
import pkgutil
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType, ModuleType

from xiucheng import __version__
from xiucheng.rules.refusals import Refused
from xiucheng.run import commands
from xiucheng.run.known import known
from xiucheng.run.say import answer, complain
from xiucheng.run.trouble import Trouble
from xiucheng.run.words import Parser, common

TITLE = "绣城 Xiucheng：城区日常管理平台 · runs a city district's day-to-day management"
EPILOG = """\
每个命令的用法：xiucheng 命令 --help。数据目录由 XIUCHENG_DATA 指定，默认 ~/.local/share/xiucheng。
Each command has its own --help. XIUCHENG_DATA names the data folder.
退出码 0 完成 · 1 有差错 · 2 用法不对 · 3 没有做成（说明原因） · 130 被中止
exit codes 0 done · 1 something is wrong · 2 wrong use · 3 could not be done (says why) · 130 stopped"""
ORDER = ("run", "demo", "import", "replay", "backup", "restore", "doctor", "bench")
FOUND_WRONG = 1
CANNOT = 3
STOPPED = 130


def module_name(command: str) -> str:
    """`import` is a word of Python, so its module is `import_`."""
    return f"{commands.__name__}.{command.replace('-', '_')}{'_' if command == 'import' else ''}"


def known_commands() -> list[str]:
    """All subcommands that have a module, the important ones first."""
    found = {module.name.rstrip("_").replace("_", "-") for module in pkgutil.iter_modules(commands.__path__)}
    return [name for name in ORDER if name in found] + sorted(found - set(ORDER))


def summary(command: str) -> str:
    """The first line of a module's docstring, read without importing it."""
    file = Path(commands.__path__[0]) / f"{module_name(command).rpartition('.')[2]}.py"
    with file.open(encoding="utf-8") as text:
        return text.readline().strip().strip('"').strip()


def _configured(parser: argparse.ArgumentParser, module: ModuleType) -> None:
    parser.description = (module.__doc__ or "").strip()
    common(parser)
    module.configure(parser)
    parser.set_defaults(execute=module.execute)


def parser(wanted: str | None = None) -> argparse.ArgumentParser:
    """The command line; only the module of the wanted command is imported."""
    top = Parser(prog="xiucheng", description=TITLE, epilog=EPILOG)
    top.add_argument("--version", action="version", version=f"xiucheng {__version__}")
    below = top.add_subparsers(dest="command", required=True, metavar="命令/command")
    for name in known_commands():
        sub = below.add_parser(name, help=summary(name))
        if name == wanted:
            _configured(sub, importlib.import_module(module_name(name)))
    return top


def _cannot(trouble: Trouble | Refused, *, machine: bool, code: int = CANNOT) -> int:
    complain(trouble)
    if machine:
        answer({"ok": False, "code": trouble.code, "zh": trouble.zh, "en": trouble.en})
    return code


def _told_to_stop(_number: int, _frame: FrameType | None) -> None:
    """A polite signal ends a command like Ctrl-C does: what it has begun is put in order."""
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; troubles become sentences, a bug keeps its traceback."""
    words = sys.argv[1:] if arguments is None else arguments
    if "--json" in words:
        os.environ["XIUCHENG_JSON"] = "1"
    args = parser(next((word for word in words if not word.startswith("-")), None)).parse_args(words)
    if args.lang:
        os.environ["XIUCHENG_LANG"] = args.lang
    before = {number: signal.signal(number, _told_to_stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        return int(args.execute(args))
    except KeyboardInterrupt:
        return _cannot(Trouble("stopped"), machine=args.json, code=STOPPED)
    except Exception as error:
        if (trouble := known(error)) is not None:
            return _cannot(trouble, machine=args.json)
        if isinstance(error, Refused):
            return _cannot(error, machine=args.json, code=FOUND_WRONG)
        traceback.print_exc()
        return _cannot(Trouble("bug", said=type(error).__name__), machine=args.json, code=FOUND_WRONG)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
