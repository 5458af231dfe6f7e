"""Events (事件): a follow, a scan and the menu are answered, who leaves is forgotten, a receipt is passed on."""

import datetime as dt
from typing import Final

from xiucheng.channels.wechat import conversation
from xiucheng.channels.wechat.account import NAME
from xiucheng.channels.wechat.codec import Fields
from xiucheng.channels.wechat.conversation import Heard
from xiucheng.channels.wechat.sentences import SENTENCES
from xiucheng.channels.wechat.talk import Said
from xiucheng.city import clock
from xiucheng.intake.port import Arrived, Later
from xiucheng.notices import actions as notices
from xiucheng.notices.models import Attempt

MENU: Final = {"progress": "进度", "urge": "催办", "report": "反映问题", "help": "帮助"}
EARLY: Final = 2
"""A receipt may be faster than our own note of the sending; it is looked for again so often."""
REACH: Final = dt.timedelta(days=3)


def work(fields: Fields, heard: Heard, arrived: Arrived) -> None:
    """Do what the event stands for; most stand for nothing."""
    name, key = str(fields.get("Event") or ""), str(fields.get("EventKey") or "")
    if name in {"subscribe", "SCAN"}:
        conversation.tell(heard, SENTENCES["welcome"][0], "welcome")
    elif name == "unsubscribe":
        conversation.finish(heard.account, heard.person)
    elif name == "CLICK" and key in MENU:
        conversation.hear(heard, Said(MENU[key]))
    elif name == "TEMPLATESENDJOBFINISH":
        status = str(fields.get("Status") or "")
        _receipt(f"template {fields.get('MsgID')}", "" if status == "success" else status or "failed", arrived)
    elif name == "subscribe_msg_sent_event":
        told = _inner(_inner(fields, "SubscribeMsgSentEvent"), "List")
        wrong = "" if told.get("ErrorCode") == "0" else f"{told.get('ErrorCode')} {told.get('ErrorStatus')}"
        if number := told.get("MsgID"):
            _receipt(f"subscribe {number}", wrong, arrived)


def _inner(fields: Fields, name: str) -> Fields:
    found = fields.get(name)
    return found if isinstance(found, dict) else {}


def _receipt(message: str, wrong: str, arrived: Arrived) -> None:
    """Find the notice by the number that the platform gave to its message. Other systems may use the same account: not all are ours."""
    now = clock.now()
    sent = Attempt.objects.filter(channel=NAME, detail=message[:200], at__gt=now - REACH).first()
    if sent is None:
        if arrived.attempts < EARLY:
            raise Later("回执先到了", 3.0)
        return
    notices.receive(sent.notice_key, "failed" if wrong else "delivered", now, channel=NAME, detail=wrong)
