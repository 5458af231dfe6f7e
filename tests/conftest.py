"""Every test meets a real PostgreSQL: one throw-away cluster per test process, started before Django reads its settings.

`XIUCHENG_TEST_PG=15` takes Debian's PostgreSQL 15 instead of the wheel's 18; `XIUCHENG_TEST_DATABASE_URL` a server that is
there already. Data folder and secrets are fixed for the run and thrown away with it.
"""

import atexit
import base64
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest

from xiucheng.run.postgres import Cluster
from xiucheng.run.prepare import compile_texts

if TYPE_CHECKING:
    from tests.district import District
    from xiucheng.rules.workflow import Actor

KEYS = {"XIUCHENG_SECRET_KEY": b"s", "XIUCHENG_FIELD_KEY": b"f", "XIUCHENG_BLIND_KEY": b"b"}


def _start_database(ground: Path) -> str:
    wanted = os.environ.get("XIUCHENG_TEST_PG")
    cluster = Cluster(
        ground / "database", ground / "database.log", major=int(wanted) if wanted else None, durable=False
    )
    cluster.lay()
    cluster.start()
    atexit.register(cluster.stop)
    return cluster.url()


def _hands_out_only() -> bool:
    """Whether this process only hands tests to others (`-n`) and needs no database."""
    asked = re.search(r"(?:^| )(?:-n|--numprocesses)[ =]?(?!0(?: |$))\S", " ".join(sys.argv[1:]))
    return asked is not None and "PYTEST_XDIST_WORKER" not in os.environ


def _lay_ground() -> None:
    """Data folder, secrets, database and settings of this process, before any folder's conftest imports a model."""
    ground = Path(tempfile.mkdtemp(prefix="xiucheng-test-"))
    atexit.register(shutil.rmtree, ground, ignore_errors=True)
    os.environ["XIUCHENG_DATA"] = str(ground)
    os.environ["DJANGO_SETTINGS_MODULE"] = "xiucheng.run.settings"
    for name, letter in KEYS.items():
        os.environ[name] = base64.b64encode(letter * 32).decode("ascii")
    given = os.environ.get("XIUCHENG_TEST_DATABASE_URL") or ("postgresql:///none" if _hands_out_only() else "")
    os.environ["DATABASE_URL"] = given or _start_database(ground)
    django.setup()
    compile_texts()
    from django.conf import settings  # settings exist only now

    settings.COUNTS_KEPT_SECONDS = 0.0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if _hands_out_only():  # the others lay their own ground
        del os.environ["DJANGO_SETTINGS_MODULE"], os.environ["DATABASE_URL"]


_lay_ground()


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    """A page asked for in English leaves no English behind for the next test."""
    from django.utils import translation  # settings exist only now

    translation.activate("zh-hans")
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder to copy for a service of a test's own: started once, its model learnt (see `tests.service.copied`)."""
    from tests import service  # only where it is wanted

    base = tmp_path_factory.getbasetemp()
    return service.prepared(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture
def district(db: None) -> "District":
    """A small district: two units, one category with two standards (see `tests.district`)."""
    from tests.district import build  # models can only be imported once Django is set up

    return build()


@pytest.fixture
def people(district: "District") -> "dict[str, Actor]":
    """One actor per post."""
    from tests.district import actors  # models can only be imported once Django is set up

    return actors(district)


@pytest.fixture
def lasting(transactional_db: None) -> Iterator[None]:
    """For tests whose rows must be seen by other connections: really committed, and swept away afterwards.

    The history refuses to be emptied, so its trigger sleeps meanwhile. Mark such a test with
    `django_db(transaction=True, available_apps=list(settings.INSTALLED_APPS))` so that Django's sweep follows foreign keys.
    """
    from django.db import connection  # Django is set up only now

    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE case_history, notice_done, cases_case, case_day CASCADE")
        cursor.execute("SET session_replication_role = origin")
