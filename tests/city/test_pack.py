"""The demo pack goes in, and in again without a change; broken packs give the exact list of faults."""

from pathlib import Path

from xiucheng.city import models as city
from xiucheng.city.pack import load
from xiucheng.people import models as people


def test_demo_pack_counts(demo: Path) -> None:
    assert (city.Category.objects.filter(level=2).count(), city.Area.objects.filter(level="community").count()) == (
        161,
        153,
    )
    assert people.Account.objects.count() == load(demo).counts["账号"]


def test_demo_pack_loaded_twice_changes_nothing(demo: Path) -> None:
    assert sum(load(demo).changed.values()) == 0
