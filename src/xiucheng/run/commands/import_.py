"""导入配置包、立案标准或旧系统的案件 · import a district pack, standards, or cases of an older system.

Every kind is a module in `run/imports/` with `configure` and `execute`.
"""

import argparse
import importlib
import pkgutil

from xiucheng.run import imports


def configure(parser: argparse.ArgumentParser) -> None:
    """One branch per kind of import."""
    below = parser.add_subparsers(dest="kind", required=True, metavar="种类/kind")
    for found in sorted(pkgutil.iter_modules(imports.__path__), key=lambda m: m.name):
        module = importlib.import_module(f"{imports.__name__}.{found.name}")
        text = (module.__doc__ or "").strip()
        branch = below.add_parser(found.name, help=text.splitlines()[0], description=text)
        module.configure(branch)
        branch.set_defaults(import_kind=module.execute)


def execute(args: argparse.Namespace) -> int:
    """Do the import that was asked for."""
    return int(args.import_kind(args))
