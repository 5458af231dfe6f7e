"""What partners send (对接方来报): signed, within their quota, kept before it is answered; and their daily count."""

import time

import orjson
from django.http import HttpRequest, HttpResponse

from xiucheng.audit import vault
from xiucheng.channels.hook import codec, counts
from xiucheng.channels.hook.partners import NAME, Partner, partners
from xiucheng.city import clock
from xiucheng.intake import accounts, door, signed
from xiucheng.intake.actions import Point, clean, incoming, limit
from xiucheng.intake.actions.where import settle
from xiucheng.intake.models import Incoming
from xiucheng.intake.numbers import limits
from xiucheng.rules.refusals import Refused


@door.posted
def events(request: HttpRequest) -> HttpResponse:
    """An event or something to one. The same id with the same content is taken once; with other content it is refused."""
    partner, raw = _verified(request)
    given = codec.given(door.record(raw))
    if given.type == codec.EVENT:
        clean.kind(str(given.record.get("kind") or "complaint"))
        clean.category(door.text(dict(given.record), "category", 20, needed=False))
        clean.moment(given.said_at, clock.now())
        clean.contact(contact(given))
        if given.lng is not None and given.lat is not None:
            settle(Point(given.lng, given.lat, given.datum))
    new = incoming.keep(
        NAME, given.key, raw, account=partner.id, sender=f"{partner.id}:{given.number}", words=given.words
    )
    if not new and not _same(partner, given.key, raw):
        raise Refused("key_reused")
    return door.answer({"code": "ok", "id": given.id, "again": not new})


@door.posted
def count(request: HttpRequest) -> HttpResponse:
    """The partner's count of a day beside ours; where they differ, our numbers, so that the partner finds what is missing."""
    partner, raw = _verified(request)
    record = door.record(raw)
    day, theirs = codec.day(record), codec.whole(record, "events")
    numbers = counts.received(partner.id, day)
    same = len(numbers) == theirs
    said = {"code": "ok", "date": day.isoformat(), "events": len(numbers), "same": same}
    return door.answer(said if same else said | {"ids": numbers})


def contact(given: codec.Given) -> dict[str, str]:
    """Name and telephone of the reporter, as far as the partner tells."""
    found = given.record.get("contact") or {}
    if not isinstance(found, dict):
        raise Refused("bad_field", field="contact", why="要是一个对象")
    return {name: door.text(found, name, 40, needed=False) for name in ("name", "phone")}


def _verified(request: HttpRequest) -> tuple[Partner, bytes]:
    if accounts.account(NAME) is None:
        raise Refused("channel_off")
    numbers = limits(NAME)
    partner = partners().get(request.headers.get(signed.KEY_ID, ""))
    if partner is None:
        raise Refused("bad_signature")
    raw = door.body(request, numbers["most_bytes"])
    signed.check(partner.secret, request.headers, raw, time.time(), numbers["window_seconds"])
    limit.count(f"hook:{partner.id}", "hook", most=partner.per_minute, window=60)
    return partner, raw


def _same(partner: Partner, key: str, raw: bytes) -> bool:
    """Whether what was kept under this key says the same, however its fields are ordered."""
    kept = (
        Incoming.objects.filter(channel=NAME, account=partner.id, key=key).values_list("raw_sealed", flat=True).first()
    )
    return kept is None or orjson.loads(vault.unseal_bytes(kept)) == orjson.loads(raw)
