"""What a short message is about (短信对话): a new report, or something to a report that its sender has already."""

import datetime as dt
import re
from typing import Final

import orjson
from django.db import transaction

from xiucheng.audit import vault
from xiucheng.cases.models import Report
from xiucheng.channels.sms import codec
from xiucheng.city import clock
from xiucheng.intake.actions import clean, follow_up, take_in
from xiucheng.intake.actions.follow import WORDS_MOST
from xiucheng.intake.models import Conversation
from xiucheng.intake.port import Arrived, Worked
from xiucheng.notices.actions import talk
from xiucheng.rules.refusals import Refused
from xiucheng.rules.workflow import OPEN

NAME: Final = "sms"
LEAVES: Final = frozenset({"T", "TD", "N", "退订"})
"""Answers to advertisements; a notice of ours is none, and no report either."""
_FOLLOWS: Final = re.compile(r"\s*(补充|回复|催办)[\s:：,，]*")
_CODE: Final = re.compile(r"(?<![A-Z0-9])[2-9A-HJ-NP-Z]{16}(?![A-Z0-9])", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?<!\d)\d{14,24}(?!\d)")
MOST_CHOICES: Final = 9


def take(sender: str, words: str, said_at: dt.datetime | None, arrived: Arrived, once: str) -> Worked:
    """Carry out what the message says; called again with the same `once` it changes nothing more."""
    if words.strip().upper() in LEAVES:
        return Worked()
    if (chosen := _chosen(sender, words, arrived, once)) is not None:
        return chosen
    asked = _FOLLOWS.match(words)
    act = "urge" if asked and asked[1] == "催办" else "supplement"
    named = _named(sender, words)
    if named is None and asked:
        mine = _open(sender)
        if len(mine) > 1:
            return _ask(sender, mine, act, words[asked.end() :], once)
        named = mine[0] if mine else None
    if named is None or named.case.state not in OPEN:
        return Worked(_report(sender, words, said_at, arrived, once))
    return _follow(named, act, words[asked.end() :] if asked else words, once)


def _report(sender: str, words: str, said_at: dt.datetime | None, arrived: Arrived, once: str) -> str:
    contact = {"phone": sender, "reply": sender} if codec.mobile(sender) else {"phone": sender}
    return take_in(
        channel=NAME,
        words=words[: clean.WORDS_MOST],
        contact=contact,
        said_at=said_at,
        arrived_at=arrived.received_at,
        reply_channel=NAME,
        sender=f"sms:{sender}",
        key=once,
    ).token


def _follow(report: Report, act: str, words: str, once: str) -> Worked:
    said = words.strip()[:WORDS_MOST] or ("请尽快办理" if act == "urge" else "见短信")
    follow_up(report.token, act, {"words": said}, key=once)
    return Worked(report.token)


def _open(sender: str) -> list[Report]:
    """The sender's reports that are still being worked on, newest first."""
    found = Report.objects.filter(phone_blind=vault.blind(sender), case__state__in=OPEN, case__training=False)
    return list(found.select_related("case").order_by("-id")[:MOST_CHOICES])


def _named(sender: str, words: str) -> Report | None:
    """The report that the words name: by its code, or by its number if it is the sender's own."""
    reports = Report.objects.select_related("case").order_by("id")
    if code := _CODE.search(words):
        found = reports.filter(token=code[0].upper()).first()
        if found is not None:
            return found
    number = _NUMBER.search(words)
    mine = reports.filter(phone_blind=vault.blind(sender))
    return mine.filter(case__number=number[0]).first() if number else None


def _ask(sender: str, mine: list[Report], act: str, words: str, once: str) -> Worked:
    """Several are open: keep the words and ask which one is meant."""
    who = vault.blind(f"{NAME}:{sender}")
    kept = orjson.dumps({"act": act, "words": words, "choices": [report.token for report in mine], "once": once})
    sealed = {"sealed": vault.seal_bytes(kept), "updated_at": clock.now()}
    Conversation.objects.update_or_create(channel=NAME, account="", person_blind=who, defaults=sealed)
    lines = "\n".join(f"{n} 编号 {report.case.number}" for n, report in enumerate(mine, 1))
    talk(NAME, sender, f"您有 {len(mine)} 件事正在办理，说的是哪一件？请回复前面的数字。\n{lines}", key=once)
    return Worked()


def _chosen(sender: str, words: str, arrived: Arrived, once: str) -> Worked | None:
    """A number in answer to our question."""
    digit = words.strip().rstrip(".。、")
    if len(digit) != 1 or digit not in "123456789":
        return None
    with transaction.atomic():
        rows = Conversation.objects.select_for_update().filter(
            channel=NAME, person_blind=vault.blind(f"{NAME}:{sender}")
        )
        row = rows.first()
        kept = orjson.loads(vault.unseal_bytes(row.sealed)) if row else {}
        if row is None or int(digit) > len(kept["choices"]) or kept.get("by", once) != once:
            return None
        token = kept["choices"][int(digit) - 1]
        try:
            done = _follow(Report.objects.get(token=token), kept["act"], kept["words"], once)
        except Refused as refused:
            if refused.code != "wrong_state":
                raise
            done = Worked(_report(sender, kept["words"], None, arrived, once))
        row.sealed = vault.seal_bytes(orjson.dumps(kept | {"by": once}))
        row.save(update_fields=["sealed"])
    return done
