"""One shift hands over to the next (交接班): open items are written down, both sign, then nobody changes it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from xiucheng.people.models import Account, Handover
from xiucheng.rules.refusals import Refused


@transaction.atomic
def hand_over(
    *, giver_id: int, taker_id: int, items: Sequence[dict[str, Any]], note: str, now: dt.datetime
) -> Handover:
    """The one who goes writes down what is open and signs. `items` are dicts with `number` and `words`."""
    if giver_id == taker_id:
        raise Refused("bad_choice", field="接班人")
    if not Account.objects.filter(pk=taker_id, is_active=True, left_at=None).exists():
        raise Refused("no_such_holder")
    if len(note) > 2000:
        raise Refused("too_long", field="说明", most=2000)
    return Handover.objects.create(
        at=now, giver_id=giver_id, taker_id=taker_id, items=list(items), note=note.strip(), giver_signed_at=now
    )


@transaction.atomic
def take_over(*, handover_id: int, account_id: int, note: str, now: dt.datetime) -> Handover:
    """The one who comes has read it and signs; a remark of his is added below. Raises `Refused`."""
    sheet = Handover.objects.select_for_update().filter(pk=handover_id).first()
    if sheet is None:
        raise Refused("handover_unknown")
    if sheet.taker_id != account_id:
        raise Refused("not_your_handover")
    if sheet.taker_signed_at is not None:
        raise Refused("signed_already")
    if note.strip():
        sheet.note = f"{sheet.note}\n接班人：{note.strip()[:1000]}".strip()
    sheet.taker_signed_at = now
    sheet.save(update_fields=["note", "taker_signed_at"])
    return sheet
