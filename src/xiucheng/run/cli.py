"""The one command `xiucheng` (命令入口): every subcommand is a module in `run/commands/` with `configure` and `execute`.

Exit codes: 0 done · 1 something was found wrong or a part failed · 2 wrong use · 3 it could not be done, with a sentence why ·
130 stopped by Ctrl-C.
"""

import argparse
import importlib
import os
import pkgutil
import sys
from pathlib import Path
from types import ModuleType

from xiucheng import __version__
from xiucheng.run import commands
from xiucheng.run.say import answer, complain
from xiucheng.run.trouble import Trouble

TITLE = "绣城 Xiucheng：城区日常管理平台 · runs a city district's day-to-day management"
ORDER = ("run", "demo", "import", "replay", "backup", "restore", "doctor", "bench")
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
    parser.add_argument(
        "--json", action="store_true", help="最后一行输出一个 JSON 对象 · one JSON object on the last line"
    )
    parser.add_argument("--lang", choices=["zh", "en"], default=None, help="提示语言 · language of messages")
    module.configure(parser)
    parser.set_defaults(execute=module.execute)


def parser(wanted: str | None = None) -> argparse.ArgumentParser:
    """The command line; only the module of the wanted command is imported."""
    top = argparse.ArgumentParser(prog="xiucheng", description=TITLE)
    top.add_argument("--version", action="version", version=f"xiucheng {__version__}")
    below = top.add_subparsers(dest="command", required=True, metavar="命令/command")
    for name in known_commands():
        sub = below.add_parser(name, help=summary(name), formatter_class=argparse.RawDescriptionHelpFormatter)
        if name == wanted:
            _configured(sub, importlib.import_module(module_name(name)))
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; troubles become sentences, never a traceback."""
    words = sys.argv[1:] if arguments is None else arguments
    args = parser(next((word for word in words if not word.startswith("-")), None)).parse_args(words)
    if args.lang:
        os.environ["XIUCHENG_LANG"] = args.lang
    if args.json:
        os.environ["XIUCHENG_JSON"] = "1"
    try:
        return int(args.execute(args))
    except Trouble as trouble:
        complain(trouble)
        if args.json:
            answer({"ok": False, "code": trouble.code, "zh": trouble.zh, "en": trouble.en})
        return CANNOT
    except KeyboardInterrupt:
        return STOPPED


if __name__ == "__main__":
    sys.exit(main())
