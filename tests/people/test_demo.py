"""The demo's days (演示) have a roster and a sheet on the board, and nobody else's days get one."""

import csv
import datetime as dt
import json

from django.utils import translation
from tests.browser import ROOT

from xiucheng.city import calendar, clock
from xiucheng.people.demo import begin_the_day, sign_ins
from xiucheng.people.models import Account, Bulletin, Duty, Posting
from xiucheng.people.queries.duty import on_duty


def _far_from_new_year() -> bool:
    return (clock.today() + dt.timedelta(days=14)).year in calendar.library_years()


def test_demo_gets_a_roster_once(crew: list[Account]) -> None:
    Account.objects.update(demo=True)
    calendar.seed()
    if not _far_from_new_year():
        for year in (clock.today().year, clock.today().year + 1):
            calendar.confirm_year(year=year, account_id=None)
    assert begin_the_day() > 14
    assert len(on_duty("shift_leader", clock.now())) == 1
    before = Duty.objects.count(), Bulletin.objects.count()
    assert (begin_the_day(), Duty.objects.count(), Bulletin.objects.count()) == (0, *before)


def test_real_district_gets_nothing(crew: list[Account]) -> None:
    assert (begin_the_day(), Duty.objects.count(), Bulletin.objects.count()) == (0, 0, 0)


def test_first_unit_of_the_pack_keeps_roads_and_covers() -> None:
    """A visitor who signs in as unit or handler finds work: the start shows the first of each post, C01 is asked for most."""
    people, duties = (_rows(name) for name in ("people.csv", "duties.csv"))
    first = [next(one["unit"] for one in people if one["posts"] == post) for post in ("unit", "handler")]
    roads = next(one["unit"] for one in duties if (one["category"], one["area"]) == ("C01", ""))
    assert first == [roads, roads]


def _rows(name: str) -> list[dict[str, str]]:
    text = (ROOT / "src/xiucheng/city/packs/demo" / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_sign_ins_are_plain_text_for_the_start_page(crew: list[Account]) -> None:
    Account.objects.update(demo=True)
    Posting.objects.exclude(account=crew[0]).delete()
    row = {"post": "值班长", "post_en": "shift leader", "username": "banzhang0", "password": "word-1"}
    with translation.override("en"):
        assert json.loads(json.dumps(sign_ins("word-1"))) == [row]
