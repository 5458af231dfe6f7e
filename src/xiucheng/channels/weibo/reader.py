"""What people wrote on Weibo becomes reports (读件): posts that call us, comments, private messages."""

from collections.abc import Iterator
from typing import Any, Final

from xiucheng.cases.pictures import keep as keep_picture
from xiucheng.channels.weibo import client, codec
from xiucheng.intake.actions import Point, take_in
from xiucheng.intake.port import Allowance, Arrived, Later, Proof, Worked
from xiucheng.notices.actions import talk
from xiucheng.rules.refusals import Pair, Refused

ASK_WORDS: Final = "请用文字说明是什么问题、在什么地方，我们马上登记。"
THANKS: Final = "您反映的问题已登记，查询码 {token}。有进展我们会告诉您。"
GREETING: Final = "您好，这里是城市管理中心。看到路面、路灯、井盖、垃圾等问题，把地点和情况发给我们就行，有照片更好。"


class Reader:
    """The way in `weibo`."""

    name, title = "weibo", "微博"

    def work(self, arrived: Arrived) -> Worked:
        """Make a report of it, ask for words, or greet."""
        body = codec.opened(arrived.raw)
        if arrived.key.startswith("push:"):
            return self._private(arrived, codec.pushed(body))
        return self._report(arrived, codec.posted(body))

    def _private(self, arrived: Arrived, said: codec.Said) -> Worked:
        if said.kind == "event:follow":
            talk("weibo", said.reply, GREETING, key=arrived.once)
        elif said.kind == "mention":  # the poll brings the post itself, with its pictures
            return Worked()
        elif said.words and said.kind == "text":
            done = self._report(arrived, said)
            talk("weibo", said.reply, THANKS.format(token=done.report), key=arrived.once)
            return done
        elif said.kind in {"image", "voice", "position", "text"}:
            talk("weibo", said.reply, ASK_WORDS, key=arrived.once)
        return Worked()

    def _report(self, arrived: Arrived, said: codec.Said) -> Worked:
        point = (
            Point(said.lng, said.lat, "gcj02", by="weibo") if said.lng is not None and said.lat is not None else None
        )
        made = take_in(
            channel="weibo", words=said.words, pictures=_pictures(said.pictures, arrived), point=point, said_at=said.at,
            contact={"reply": said.reply}, reply_channel="weibo", reply_until=client.until(said.at),
            raw=arrived.raw.decode("utf-8", "replace"), key=arrived.once,
        )  # fmt: skip
        return Worked(made.token)

    def spent(self) -> Iterator[Allowance]:
        """The day's calls."""
        most = client.most()
        yield Allowance(Pair("今天调用平台（次）", "calls today"), most - client.left(), most)

    def check(self) -> Iterator[Proof]:
        """The account's rights and what is left of the day."""
        try:
            told = client.get("account/rate_limit_status.json", {})
            yield Proof(True, "令牌有效", "the token works")
            yield Proof(
                True, f"平台说今天还可调用 {told.get('remaining_user_hits', '?')} 次", "calls left as Weibo counts"
            )
        except client.WeiboError as wrong:
            yield Proof(False, f"令牌不能用：{wrong}", f"the token does not work: {wrong}")
        yield Proof(client.left() > 0, f"今天还剩 {client.left()} 次", f"{client.left()} calls left today")
        secret = bool(client.account().get("app_secret"))
        yield Proof(secret, "推送密钥已填" if secret else "没有填 app_secret，收不到私信推送", "secret of the push")


def _pictures(urls: tuple[str, ...], arrived: Arrived) -> list[dict[str, Any]]:
    """Pictures fetched at once, for their addresses rot; one that is gone or no picture is left out, others are waited for."""
    found = []
    for url in urls:
        try:
            found.append(keep_picture(client.fetch(url)).facts())
        except Refused:
            continue
        except client.WeiboError as wrong:
            if wrong.code == 0 and "404" not in str(wrong) and arrived.attempts < PATIENT:
                raise Later("照片取不下来", 30.0) from None
    return found


PATIENT: Final = 4
"""After so many tries the words are taken in without the pictures."""
