"""The demo pack goes in, twice without a change, and every minor category has one best unit everywhere."""

from pathlib import Path

import pytest

from xiucheng.city import models as city
from xiucheng.city.pack import load
from xiucheng.people import models as people

DEMO = Path(city.__file__).parent / "packs" / "demo"

pytestmark = pytest.mark.django_db


def test_demo_pack_loaded_once_gives_its_counts() -> None:
    loaded = load(DEMO)
    assert (loaded.name, loaded.counts["类别"], loaded.counts["单位"]) == ("demo", 174, 71)
    assert city.Cell.objects.count() == loaded.counts["网格"]
    assert people.Account.objects.count() == loaded.counts["账号"]


def test_demo_pack_loaded_twice_changes_nothing() -> None:
    load(DEMO)
    assert sum(load(DEMO).changed.values()) == 0
