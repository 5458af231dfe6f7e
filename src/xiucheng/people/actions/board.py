"""The notice board (公告板): hang up a sheet, confirm that one has read it."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from xiucheng.people.models import Bulletin, BulletinRead, Posting
from xiucheng.rules.refusals import Refused


@transaction.atomic
def publish(
    *,
    title: str,
    body: str,
    author_id: int,
    posts: Sequence[str],
    must_read: bool,
    until: dt.datetime | None,
    now: dt.datetime,
) -> Bulletin:
    """Hang up a sheet for these posts, or for everybody when none is named. Raises `Refused`."""
    title, body = title.strip(), body.strip()
    for field, value, most in (("标题", title, 100), ("内容", body, 5000)):
        if not value:
            raise Refused("missing", field=field)
        if len(value) > most:
            raise Refused("too_long", field=field, most=most)
    if set(posts) - set(Posting.Post.values):
        raise Refused("bad_choice", field="发给岗位")
    if until is not None and until <= now:
        raise Refused("bad_time", field="有效至", why="要晚于现在")
    sheet = Bulletin.objects.create(
        title=title, body=body, author_id=author_id, posts=sorted(set(posts)), must_read=must_read, until=until, at=now
    )
    BulletinRead.objects.create(bulletin=sheet, account_id=author_id, at=now)
    return sheet


@transaction.atomic
def confirm(*, bulletin_id: int, account_id: int, posts: frozenset[str], now: dt.datetime) -> None:
    """I have read it (阅读回执); a second time changes nothing. Raises `Refused` for a sheet that is not for this person."""
    sheet = Bulletin.objects.filter(pk=bulletin_id).first()
    if sheet is None or not (not sheet.posts or posts & set(sheet.posts) or sheet.author_id == account_id):
        raise Refused("bulletin_unknown")
    BulletinRead.objects.get_or_create(bulletin=sheet, account_id=account_id, defaults={"at": now})


@transaction.atomic
def take_down(*, bulletin_id: int, account_id: int, now: dt.datetime) -> None:
    """The author takes his sheet down; it stays in the record with its receipts."""
    changed = Bulletin.objects.filter(pk=bulletin_id, author_id=account_id).update(until=now)
    if not changed:
        raise Refused("bulletin_unknown")
