"""The notice board (公告板) and its receipts."""

import datetime as dt

import pytest

from xiucheng.people.actions.board import confirm, publish, take_down
from xiucheng.people.models import Account, Bulletin, BulletinRead
from xiucheng.people.queries.board import receipts, sheets, to_sign
from xiucheng.rules.refusals import Refused

NOW = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
LEADERS = frozenset({"shift_leader"})


def _hung(crew: list[Account], posts: tuple[str, ...] = (), **change: object) -> Bulletin:
    facts: dict[str, object] = {"title": "汛期值守", "body": "今夜有雨", "must_read": False, "until": None, "now": NOW}
    return publish(author_id=crew[0].pk, posts=posts, **{**facts, **change})  # type: ignore[arg-type]  # fits by name


def test_publish_is_read_by_its_author(crew: list[Account]) -> None:
    sheet = _hung(crew)
    assert list(BulletinRead.objects.values_list("bulletin_id", "account_id")) == [(sheet.pk, crew[0].pk)]


def test_board_counts_what_is_unread(crew: list[Account]) -> None:
    sheet = _hung(crew)
    assert to_sign(account_id=crew[1].pk, posts=LEADERS, now=NOW) == (1, 0)
    confirm(bulletin_id=sheet.pk, account_id=crew[1].pk, posts=LEADERS, now=NOW)
    assert to_sign(account_id=crew[1].pk, posts=LEADERS, now=NOW) == (0, 0)


def test_confirm_twice_keeps_the_first_moment(crew: list[Account]) -> None:
    sheet = _hung(crew)
    for hours in (1, 2):
        confirm(bulletin_id=sheet.pk, account_id=crew[1].pk, posts=LEADERS, now=NOW + dt.timedelta(hours=hours))
    assert BulletinRead.objects.get(account=crew[1]).at == NOW + dt.timedelta(hours=1)


def test_sheet_for_another_post_is_not_seen(crew: list[Account]) -> None:
    sheet = _hung(crew, ("dispatcher",))
    assert sheets(account_id=crew[1].pk, posts=LEADERS, now=NOW) == []
    with pytest.raises(Refused) as refusal:
        confirm(bulletin_id=sheet.pk, account_id=crew[1].pk, posts=LEADERS, now=NOW)
    assert refusal.value.code == "bulletin_unknown"


def test_what_must_be_read_hangs_on_top(crew: list[Account]) -> None:
    _hung(crew, title="必读", must_read=True)
    _hung(crew, title="新的", now=NOW + dt.timedelta(hours=1))
    assert [s.title for s in sheets(account_id=crew[1].pk, posts=LEADERS, now=NOW)] == ["必读", "新的"]


def test_receipts_name_who_has_read_and_who_has_not(crew: list[Account]) -> None:
    sheet = _hung(crew, ("shift_leader",))
    confirm(bulletin_id=sheet.pk, account_id=crew[1].pk, posts=LEADERS, now=NOW)
    read, missing = receipts(bulletin_id=sheet.pk, posts=sheet.posts)
    assert (sorted(read), missing) == ([("乙", NOW), ("甲", NOW)], ["丙"])


def test_sheet_that_has_run_out_goes_to_the_old_ones(crew: list[Account]) -> None:
    sheet = _hung(crew)
    take_down(bulletin_id=sheet.pk, account_id=crew[0].pk, now=NOW)
    mine = {"account_id": crew[1].pk, "posts": LEADERS, "now": NOW}
    assert [len(sheets(**mine, old=old)) for old in (False, True)] == [0, 1]  # type: ignore[arg-type]  # fits by name


def test_only_its_author_takes_a_sheet_down(crew: list[Account]) -> None:
    with pytest.raises(Refused) as refusal:
        take_down(bulletin_id=_hung(crew).pk, account_id=crew[1].pk, now=NOW)
    assert refusal.value.code == "bulletin_unknown"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "missing"),
        ({"body": "字" * 5001}, "too_long"),
        ({"until": NOW}, "bad_time"),
        ({"posts": ("king",)}, "bad_choice"),
    ],
)
def test_publish_refuses_what_makes_no_sense(crew: list[Account], change: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        _hung(crew, **change)  # type: ignore[arg-type]  # fits by name
    assert refusal.value.code == code
