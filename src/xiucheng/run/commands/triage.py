"""评测分诊、发现热点、比对留言 · how well messages are understood; hot topics and like messages of a file.

`xiucheng triage evaluate`, `triage topics FILE`, `triage similar FILE ID`: every way is a module in `run/triage/` with `configure`
and `execute`. 不需要数据库。No database is needed.
"""

import argparse
import importlib
import os
import pkgutil

from xiucheng.run import triage
from xiucheng.run.words import Parser, common


def _ways() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(triage.__path__))


def configure(parser: argparse.ArgumentParser) -> None:
    """A way with its own arguments."""
    parser.add_argument("way", metavar="方式/way", choices=_ways(), help=", ".join(_ways()))
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="该方式的参数 · arguments of that way (-h)")


def execute(args: argparse.Namespace) -> int:
    """Do what was asked for."""
    module = importlib.import_module(f"{triage.__name__}.{args.way}")
    inner = Parser(prog=f"xiucheng triage {args.way}", description=(module.__doc__ or "").strip())
    common(inner, json=args.json, lang=args.lang)
    module.configure(inner)
    found = inner.parse_args(args.rest)
    if found.json:
        os.environ["XIUCHENG_JSON"] = "1"
    if found.lang:
        os.environ["XIUCHENG_LANG"] = found.lang
    args.json = found.json
    return int(module.execute(found))
