"""导入旧系统的案件、配置包或立案标准 · import cases of an older system, a district pack, or standards.

`xiucheng import FILE` brings in cases. `xiucheng import pack FOLDER`, `xiucheng import standards FILE`: every kind is a module in
`run/imports/` with `configure` and `execute`.
"""

import argparse
import importlib
import os
import pkgutil

from xiucheng.run import imports
from xiucheng.run.words import Parser, common

USUAL = "cases"


def configure(parser: argparse.ArgumentParser) -> None:
    """A kind of import with its own arguments, or simply a file of cases."""
    parser.add_argument("what", metavar="FILE | 种类/kind", help=f"文件，或 · a file, or: {', '.join(_kinds())}")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="该种类的参数 · arguments of that kind (-h)")


def _kinds() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(imports.__path__))


def execute(args: argparse.Namespace) -> int:
    """Do the import that was asked for."""
    kind, rest = (args.what, args.rest) if args.what in _kinds() else (USUAL, [args.what, *args.rest])
    module = importlib.import_module(f"{imports.__name__}.{kind}")
    inner = Parser(prog=f"xiucheng import {kind}", description=(module.__doc__ or "").strip())
    common(inner, json=args.json, lang=args.lang)
    module.configure(inner)
    found = inner.parse_args(rest)
    args.json = found.json
    if found.json:
        os.environ["XIUCHENG_JSON"] = "1"
    if found.lang:
        os.environ["XIUCHENG_LANG"] = found.lang
    return int(module.execute(found))
