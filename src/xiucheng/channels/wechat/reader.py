"""What a kept push asks for (读消息)."""

import datetime as dt
from collections.abc import Iterator
from typing import Final

from xiucheng.channels.wechat import codec
from xiucheng.channels.wechat.account import NAME
from xiucheng.city import clock
from xiucheng.intake.actions import take_in
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Arrived, Proof, Worked

LATEST: Final = dt.timedelta(minutes=5)


class WeChat:
    """The way in `wechat`."""

    name, title = NAME, "微信公众号"

    def work(self, arrived: Arrived) -> Worked:
        """Make of one push what it asks for."""
        fields = codec.read(arrived.raw, limits(NAME)["body_most"])
        said = moment(fields)
        made = take_in(
            channel=NAME, words=str(fields.get("Content") or ""), said_at=said, key=arrived.once,
            contact={"reply": str(fields["FromUserName"])}, reply_channel=NAME, sender=f"{NAME}:{fields['FromUserName']}",
            reply_until=(said or arrived.received_at) + dt.timedelta(hours=limits(NAME)["window_hours"]),
        )  # fmt: skip
        return Worked(made.token)

    def check(self) -> Iterator[Proof]:
        """Nothing yet."""
        return iter(())


def moment(fields: codec.Fields) -> dt.datetime | None:
    """When it was said; none where the time makes no sense."""
    text = str(fields.get("CreateTime") or "")
    if not text.isdigit() or len(text) > 11:
        return None
    said = dt.datetime.fromtimestamp(int(text), dt.UTC)
    return said if said.year >= 2010 and said <= clock.now() + LATEST else None
