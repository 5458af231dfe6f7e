"""Private messages (私信): words become a report; a picture or a pin belongs to the words that come with it, before or after them."""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from xiucheng.cases.pictures import keep as keep_picture
from xiucheng.channels.weibo import client, codec
from xiucheng.city import clock
from xiucheng.intake.actions import Point, follow_up, talks
from xiucheng.intake.port import Arrived, Later, Worked
from xiucheng.notices.actions import talk
from xiucheng.rules.refusals import Refused

NAME: Final = "weibo"
ADDS_FOR: Final = dt.timedelta(minutes=30)
SEEN_MOST: Final = 20
PICTURES_MOST: Final = 9
SPENT: Final = 3600.0
ASK_WORDS: Final = "请用文字说明是什么问题、在什么地方，我们马上登记。"
THANKS: Final = "您反映的问题已登记，查询码 {token}。有进展我们会告诉您。"
ADDED: Final = "已经加到您刚才反映的事里（编号 {number}）。"
GREETING: Final = "您好，这里是城市管理中心。看到路面、路灯、井盖、垃圾等问题，把地点和情况发给我们就行，有照片更好。"

Make = Callable[[codec.Said, list[dict[str, Any]], Point | None], str]


def hear(arrived: Arrived, said: codec.Said, make: Make) -> Worked:
    """What follows from one message; `make` takes words in with the pictures and the pin that came before them."""
    if said.kind == "event:follow":
        talk(NAME, said.reply, GREETING, key=arrived.once)
    elif said.kind in {"image", "position"}:
        return _loose(arrived, said)
    elif said.kind == "text" and said.words:
        return _words(arrived, said, make)
    elif said.kind in {"voice", "text"}:
        talk(NAME, said.reply, ASK_WORDS, key=arrived.once)
    return Worked()  # a mention comes by the poll, with its pictures


def _words(arrived: Arrived, said: codec.Said, make: Make) -> Worked:
    with talks.held(NAME, arrived.account, said.sender) as kept:
        if arrived.once in kept.get("seen", {}):
            return Worked(kept["seen"][arrived.once])
        pin = kept.pop("point", None)
        point = Point(pin[0], pin[1], "gcj02", by=NAME) if pin else None
        token = make(said, kept.pop("pictures", []), point)
        kept |= {"token": token, "at": clock.now().isoformat()}
        _heard(kept, arrived, token)
        talk(NAME, said.reply, THANKS.format(token=token), key=arrived.once)
    return Worked(token)


def _loose(arrived: Arrived, said: codec.Said) -> Worked:
    """A picture or a pin: to the report of a moment ago, else kept for the words that will come."""
    pictures = _picture(arrived, said)
    with talks.held(NAME, arrived.account, said.sender) as kept:
        if arrived.once in kept.get("seen", {}):
            return Worked(kept["seen"][arrived.once])
        token = _add(arrived, said, pictures, kept)
        if not token:
            kept["pictures"] = [*kept.get("pictures", []), *pictures][:PICTURES_MOST]
            kept["point"] = [said.lng, said.lat] if _pin(said) else kept.get("point")
            talk(NAME, said.reply, ASK_WORDS, key=arrived.once)
        _heard(kept, arrived, token)
    return Worked(token)


def _add(arrived: Arrived, said: codec.Said, pictures: list[dict[str, Any]], kept: dict[str, Any]) -> str:
    """To the report of a moment ago; gives its code. Nothing where there is none, or it has ended."""
    if not kept.get("token") or clock.now() - dt.datetime.fromisoformat(kept["at"]) > ADDS_FOR:
        return ""
    if not pictures and not _pin(said):
        return ""
    words = f"位置：（{said.lng:.6f}，{said.lat:.6f}，GCJ-02）" if _pin(said) else "（补充照片）"
    try:
        done = follow_up(
            kept["token"],
            "supplement",
            {"words": words, "pictures": pictures},
            key=arrived.once,
            sender=f"{NAME}:{said.sender}",
        )
    except Refused as refused:
        if refused.code not in {"wrong_state", "not_allowed", "case_unknown"}:
            raise
        return ""
    talk(NAME, said.reply, ADDED.format(number=done.number), key=arrived.once)
    return str(kept["token"])


def _pin(said: codec.Said) -> bool:
    return said.lng is not None and said.lat is not None


def _picture(arrived: Arrived, said: codec.Said) -> list[dict[str, Any]]:
    """The picture, stored; nothing where it is gone or none."""
    if not said.picture:
        return []
    try:
        return [keep_picture(client.fetch_private(said.picture)).facts()]
    except Refused:
        return []
    except client.SpentError as spent:
        raise Later(spent.zh, SPENT) from None
    except client.WeiboError as wrong:
        if wrong.code == 0 and "404" not in str(wrong) and arrived.attempts < PATIENT:
            raise Later("照片取不下来", 30.0) from None
        return []


def _heard(kept: dict[str, Any], arrived: Arrived, token: str) -> None:
    kept["seen"] = dict([*kept.get("seen", {}).items(), (arrived.once, token)][-SEEN_MOST:])


PATIENT: Final = 4
"""After so many tries it goes on without the picture."""
