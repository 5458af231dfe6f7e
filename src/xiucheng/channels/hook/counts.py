"""The daily reconciliation (每日对账): how many events came and how many stages went yesterday, compared with each partner."""

import datetime as dt
import time
from typing import Any, Final

from django.db import connection

from xiucheng.channels.hook import stages
from xiucheng.channels.hook.channel import exchange
from xiucheng.channels.hook.partners import NAME, Partner, partners
from xiucheng.city import clock
from xiucheng.intake.actions import states
from xiucheng.intake.models import Incoming
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Later
from xiucheng.notices.port import Receipt

_SENT: Final = """
SELECT count(DISTINCT n.key) FROM (
  SELECT key, recipient_kind, recipient_key FROM notices_notice
  UNION ALL SELECT key, recipient_kind, recipient_key FROM notice_done WHERE created_at >= %(begin)s - interval '3 days') n
JOIN notices_attempt a ON a.notice_key = n.key AND a.result = 'delivered'
WHERE n.recipient_kind = 'partner' AND n.recipient_key = %(partner)s AND a.at >= %(begin)s AND a.at < %(end)s
"""


def received(partner: str, day: dt.date) -> list[str]:
    """The partner's numbers of the events that we took on this day, worked off or not."""
    begin, end = _bounds(day)
    found = Incoming.objects.filter(
        channel=NAME, account=partner, key__startswith="event:", received_at__gte=begin, received_at__lt=end
    ).order_by("id")
    return [key.removeprefix("event:") for key in found.values_list("key", flat=True)]


def sent(partner: str, day: dt.date) -> int:
    """How many stages the partner took on this day."""
    begin, end = _bounds(day)
    with connection.cursor() as cursor:
        cursor.execute(_SENT, {"partner": partner, "begin": begin, "end": end})
        return int(cursor.fetchone()[0])


def look() -> None:
    """Once a day, and every hour while something differs. Raises `Later` with what differs, for the page of channels."""
    yesterday = clock.today() - dt.timedelta(days=1)
    known = states.peek(NAME).cursor.get("counts", {})
    listening = {partner.id: partner for partner in partners().values() if partner.url}
    told: dict[str, Any] = {name: row for name, row in known.items() if name in listening}
    for name, partner in listening.items():
        if not _settled(told.get(name), yesterday):
            told[name] = _compare(partner, yesterday)
    if told != known:
        with states.held(NAME) as memory:
            memory.cursor["counts"] = told
        stages.forget()
    wrong = [row["said"] for row in told.values() if row["said"]]
    if wrong:
        raise Later("；".join(wrong))


def _settled(row: Any, yesterday: dt.date) -> bool:
    """Whether this day was compared and was right, or was asked about a moment ago."""
    if row is None or row["date"] != yesterday.isoformat():
        return False
    return not row["said"] or time.time() < row["asked"] + limits(NAME)["count_seconds"]


def _compare(partner: Partner, day: dt.date) -> dict[str, Any]:
    ours = {"events": len(received(partner.id, day)), "stages": sent(partner.id, day)}
    body = {"type": "counts", "id": f"counts:{day.isoformat()}", "date": day.isoformat(), **ours}
    reply = exchange(partner, body)
    if isinstance(reply, Receipt):
        said = f"{partner.name} {day.isoformat()} 没有对上账：对方没有答复"
    else:
        wrong = [
            f"{zh}对方 {reply.get(name)}、我方 {ours[name]}" for name, zh in _WORDS if reply.get(name) != ours[name]
        ]
        said = f"{partner.name} {day.isoformat()} 对账不符：{'，'.join(wrong)}" if wrong else ""
    return {"date": day.isoformat(), "said": said[:120], "asked": int(time.time())}


_WORDS: Final = (("events", "来件"), ("stages", "回传"))


def _bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    begin = dt.datetime.combine(day, dt.time(), clock.ZONE)
    return begin, begin + dt.timedelta(days=1)
