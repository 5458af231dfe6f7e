"""Makes the database ready for this program (准备): create, migrate, load the district pack when it is empty, build static files.

Runs in a process of its own, so that the parent stays small. Every step does nothing when there is nothing to do.
"""

import contextlib
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import django
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from xiucheng.run.known import known
from xiucheng.run.say import answer, both, err
from xiucheng.run.trouble import Trouble

Advance = Callable[..., None]
FAULTS_SHOWN = 10
FIRST_PACK = Path(__file__).resolve().parent.parent / "city" / "packs" / "demo"


@contextlib.contextmanager
def bar() -> Iterator[Progress]:
    """A progress bar on standard error; plain lines where that is not a terminal."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=False) as progress:
        yield progress


def optional(dotted: str) -> Any:
    """The function behind `module:name`, or None while its room does not have it."""
    module, _, name = dotted.partition(":")
    try:
        if find_spec(module) is None:
            return None
    except ModuleNotFoundError:
        return None
    return getattr(importlib.import_module(module), name, None)


def pending_migrations() -> list[Any]:
    """Migrations that the database does not have yet, in order."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return list(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate(progress: Progress) -> int:
    """Bring the tables to this program's shape; gives the number of steps taken."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    plan = pending_migrations()
    if not plan:
        return 0
    task = progress.add_task(both("建立数据表", "Tables"), total=len(plan))

    def seen(step: str, *_rest: Any) -> None:
        if step == "apply_success":
            progress.advance(task)

    executor = MigrationExecutor(connection, seen)
    executor.migrate(executor.loader.graph.leaf_nodes(), plan)
    connection.close()
    with contextlib.redirect_stdout(None):
        call_command("migrate", verbosity=0)  # permissions and content types follow from the last step's signal
    return len(plan)


def load_pack(progress: Progress, folder: Path) -> bool:
    """Make an empty installation a district; True when something was loaded."""
    from django.apps import apps

    load = optional("xiucheng.city.pack:load")
    if load is None or apps.get_model("city", "Area").objects.exists():
        return False
    task = progress.add_task(both("载入城区配置包", "District pack"), total=None)

    def told(done: int, total: int | None = None, *_rest: Any) -> None:
        progress.update(task, completed=done, total=total)

    load(folder, told)
    progress.update(task, total=1, completed=1)
    return True


def compile_texts() -> None:
    """Turn the texts (.po) into what Django reads (.mo) where they are newer."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in Path(__file__).resolve().parent.parent.glob("**/locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with (
            contextlib.suppress(PermissionError),
            source.open("rb") as texts,
        ):  # installed by another user: already compiled
            catalog = read_po(texts, locale=source.parent.parent.name)
            with target.open("wb") as out:
                write_mo(out, catalog)


def build_static(progress: Progress) -> None:
    """Collect the pages' styles, scripts and libraries into the data folder."""
    build = optional("xiucheng.pages.storage:build")
    if build is None:
        return
    task = progress.add_task(both("整理页面文件", "Page files"), total=1)
    build()
    progress.update(task, completed=1)


def prepare(pack: Path | None) -> dict[str, Any]:
    """All steps in order; gives what was done, with the demo's sign-ins when the demo is on."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiucheng.run.settings")
    django.setup()
    compile_texts()
    with bar() as progress:
        steps = migrate(progress)
        loaded = load_pack(progress, pack or FIRST_PACK)
        build_static(progress)
    seed = optional("xiucheng.city.calendar:seed")
    if seed is not None:
        seed()
    sign_ins = []
    from django.conf import settings

    if settings.DEMO and (make := optional("xiucheng.people.demo:sign_ins")) is not None:
        sign_ins = make(settings.SECRETS.get("demo_password", ""))
        if (begin := optional("xiucheng.people.demo:begin_the_day")) is not None:
            begin()
    return {"migrated": steps, "pack": loaded, "sign_ins": sign_ins}


def hindrance(error: Exception) -> Trouble | None:
    """The sentence for what kept us from preparing: the machine, or a pack with faults; None for a bug."""
    from xiucheng.rules.refusals import Refused

    if isinstance(error, Refused):
        faults = [str(fault) for fault in error.facts.get("faults", ())]
        return Trouble("pack_refused", count=len(faults), said="\n".join(faults[:FAULTS_SHOWN]) or error.zh)
    return known(error)


def main(arguments: list[str]) -> int:
    """`python -m xiucheng.run.prepare [PACK]`: the last line of standard output says what was done or what stood in the way."""
    try:
        found = prepare(Path(arguments[0]) if arguments else None)
    except Exception as error:
        if (trouble := hindrance(error)) is None:
            raise
        found = {"trouble": trouble.code, "facts": trouble.facts}
    answer(found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
