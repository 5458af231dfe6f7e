"""Gives a command the installation's database (使用数据库): the running service's, or one started for the command's time."""

import contextlib
import os
from collections.abc import Iterator

from xiucheng.run.ground import Ground
from xiucheng.run.postgres import Cluster, given_url
from xiucheng.run.trouble import Trouble


@contextlib.contextmanager
def use_database(*, django: bool = False, create: bool = False) -> Iterator[str]:
    """Set DATABASE_URL for this process; starts the built-in database when no service runs, and stops it afterwards.

    `django=True` also sets Django up. `create=True` lays a new data folder where there is none.
    """
    ground = Ground()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiucheng.run.settings")
    with contextlib.ExitStack() as stack:
        if not given_url():
            stack.callback(os.environ.pop, "DATABASE_URL", None)
            os.environ["DATABASE_URL"] = _reach(ground, stack, create=create)
        _remember_demo(ground)
        if django:
            _set_up()
        yield os.environ["DATABASE_URL"]


def _reach(ground: Ground, stack: contextlib.ExitStack, *, create: bool) -> str:
    running = ground.read_state()
    if running and running.get("database"):
        return str(running["database"])
    cluster = Cluster(ground.database, ground.logs / "database.log")
    if not cluster.exists() and not create:
        raise Trouble("no_data", folder=str(ground.folder))
    ground.prepare()
    ground.lock()
    stack.callback(ground.unlock)
    if not cluster.exists():
        cluster.lay()
    cluster.start()
    stack.callback(cluster.stop)
    cluster.create()
    return cluster.url()


def _remember_demo(ground: Ground) -> None:
    """Commands look at the same clock as the service."""
    state = ground.read_state() or {}
    if state.get("demo"):
        os.environ.setdefault("XIUCHENG_DEMO", "1")


def _set_up() -> None:
    import django

    django.setup()
