"""Shift handover (交接班): both sign."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from xiucheng.people.actions.handover import hand_over, take_over
from xiucheng.people.models import Account, Handover
from xiucheng.rules.refusals import Refused

NOW = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
ITEMS = [{"number": "50010820260302000001", "words": "等产权单位认领"}]


def _given(crew: list[Account]) -> Handover:
    return hand_over(giver_id=crew[0].pk, taker_id=crew[1].pk, items=ITEMS, note="夜里有雨", now=NOW)


def test_hand_over_is_signed_by_the_giver_alone(crew: list[Account]) -> None:
    sheet = _given(crew)
    assert (sheet.items, sheet.giver_signed_at, sheet.taker_signed_at) == (ITEMS, NOW, None)


def test_take_over_completes_it_with_a_remark(crew: list[Account]) -> None:
    later = NOW + dt.timedelta(minutes=5)
    sheet = take_over(handover_id=_given(crew).pk, account_id=crew[1].pk, note="已看", now=later)
    assert (sheet.taker_signed_at, sheet.note) == (later, "夜里有雨\n接班人：已看")


def test_hand_over_to_oneself_is_refused(crew: list[Account]) -> None:
    with pytest.raises(Refused) as refusal:
        hand_over(giver_id=crew[0].pk, taker_id=crew[0].pk, items=[], note="", now=NOW)
    assert refusal.value.code == "bad_choice"


def test_take_over_by_somebody_else_is_refused(crew: list[Account]) -> None:
    with pytest.raises(Refused) as refusal:
        take_over(handover_id=_given(crew).pk, account_id=crew[2].pk, note="", now=NOW)
    assert (refusal.value.code, refusal.value.status) == ("not_your_handover", 403)


def test_take_over_twice_is_refused(crew: list[Account]) -> None:
    sheet = _given(crew)
    take_over(handover_id=sheet.pk, account_id=crew[1].pk, note="", now=NOW)
    with pytest.raises(Refused) as refusal:
        take_over(handover_id=sheet.pk, account_id=crew[1].pk, note="", now=NOW)
    assert refusal.value.code == "signed_already"


@pytest.mark.parametrize("act", ["update", "delete"])
def test_signed_handover_is_kept_by_the_database(crew: list[Account], act: str) -> None:
    sheet = _given(crew)
    take_over(handover_id=sheet.pk, account_id=crew[1].pk, note="", now=NOW)
    rows = Handover.objects.filter(pk=sheet.pk)
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        rows.update(note="x") if act == "update" else rows.delete()
