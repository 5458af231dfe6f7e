"""Sign-ins of the demo (演示账号) and what its days need: a roster and a sheet on the board.

One password for all, kept in the data folder's secrets, shown at the start.
"""

import datetime as dt
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from xiucheng.audit.languages import in_chinese
from xiucheng.city import clock
from xiucheng.people.actions import board, duty
from xiucheng.people.actions.duty import Shift
from xiucheng.people.models import Account, Bulletin, Duty, Posting
from xiucheng.people.queries.duty import holders_of
from xiucheng.rules.refusals import Refused

SHOWN: Final = (
    ("operator", "operator"), ("shift_leader", "shift leader"), ("dispatcher", "dispatcher"),
    ("officer", "patrol officer"), ("unit", "unit"), ("handler", "handler"), ("leader", "leader"),
    ("system_admin", "system administrator"), ("security_admin", "security administrator"),
    ("audit_admin", "audit administrator"),
)  # fmt: skip


def sign_ins(password: str) -> list[dict[str, str]]:
    """Give every demo account the password; one sign-in per post to show."""
    if not password:
        return []
    accounts = Account.objects.filter(demo=True)
    first = accounts.order_by("id").first()
    if first is None:
        return []
    if not check_password(password, first.password):
        accounts.update(password=make_password(password))
    names = in_chinese(Posting.Post.choices)
    shown = []
    for post, english in SHOWN:
        held = Posting.objects.filter(post=post, account__demo=True).order_by("account_id").first()
        if held is not None:
            row = {"post": names[post], "post_en": english, "username": held.account.username, "password": password}
            shown.append(row)
    return shown


DAYS: Final = 14
_NIGHT: Final = (Shift(dt.time(8), dt.time(20)), Shift(dt.time(20), dt.time(8)))
_DAY: Final = (Shift(dt.time(8), dt.time(18)),)
_WHOLE: Final = (Shift(dt.time(8), dt.time(8)),)


def begin_the_day() -> int:
    """A roster for a fortnight and a sheet on the board, where the demo has none; gives the turns planned."""
    leader = next(iter(holders_of("shift_leader")), None)
    if leader is None or not Account.objects.filter(pk=leader[0], demo=True).exists():
        return 0
    planned = 0
    first = clock.today() - dt.timedelta(days=1)
    for post, shifts in (("shift_leader", _NIGHT), ("operator", _NIGHT), ("dispatcher", _NIGHT), ("officer", _DAY)):
        people = [pk for pk, _ in holders_of(post)][:6]
        if not people or Duty.objects.filter(post=post, ends__gt=clock.now()).exists():
            continue
        try:
            with transaction.atomic():
                made = duty.plan(
                    post=post, first=first, days=DAYS, people=people, shifts=shifts, holiday_shifts=_WHOLE, by=leader[0]
                )
            planned += len(made)
        except Refused:  # the calendar ends, or somebody stands there already: the roster stays as people made it
            continue
    if not Bulletin.objects.exists():
        board.publish(
            title="本周值守提醒",
            body="1. 夜间井盖、护栏类诉求按紧急时限派遣。\n2. 交班前把退单和申请重办的案件逐件交代清楚。\n3. 回访时先说明身份，再问是否解决。",
            author_id=leader[0],
            posts=["operator", "shift_leader", "dispatcher"],
            must_read=True,
            until=None,
            now=clock.now(),
        )
    return planned
