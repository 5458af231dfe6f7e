"""What people wrote on Weibo becomes reports (读件): posts that call us, comments, private messages."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from xiucheng.cases.actions.answerable import prolong
from xiucheng.cases.pictures import keep as keep_picture
from xiucheng.channels.weibo import client, codec, private
from xiucheng.channels.weibo.private import PATIENT
from xiucheng.city import clock
from xiucheng.intake.actions import Point, limit, take_in
from xiucheng.intake.port import Allowance, Arrived, Later, Proof, Worked
from xiucheng.notices.actions import talk
from xiucheng.rules.refusals import Pair, Refused


class Reader:
    """The way in `weibo`."""

    name, title = "weibo", "微博"

    def work(self, arrived: Arrived) -> Worked:
        """Make a report of it, ask for words, or greet."""
        with limit.patient():
            return self._hear(arrived, codec.opened(arrived.raw))

    def _hear(self, arrived: Arrived, body: Mapping[str, Any]) -> Worked:
        if arrived.key.startswith("push:"):
            told = codec.pushed(body)
            if told.kind != "mention":  # that is no private message
                prolong(self.name, told.reply, _until(told, arrived))
            return private.hear(arrived, told, lambda said, shown, point: self._report(arrived, said, shown, point))
        said = codec.posted(body)
        token = self._report(arrived, said)
        if _until(said, arrived) > clock.now() and not _ours(said):
            # who called us in public may be written to once: his code goes to him alone
            talk(self.name, f"dm:{said.sender}", private.THANKS.format(token=token), key=arrived.once)
        return Worked(token)

    def _report(
        self, arrived: Arrived, said: codec.Said, shown: list[dict[str, Any]] | None = None, point: Point | None = None
    ) -> str:
        words, urls, spot = _matter(said)
        if point is None and spot is not None:
            point = Point(*spot, "gcj02", by="weibo")
        made = take_in(
            channel="weibo", words=words, pictures=[*(shown or ()), *_pictures(urls, arrived)], point=point, said_at=said.at, arrived_at=arrived.received_at,
            contact={"reply": said.reply}, reply_channel="weibo", reply_until=_until(said, arrived),
            raw=arrived.raw.decode("utf-8", "replace"), key=arrived.once,
            sender=f"weibo:{said.sender}",
        )  # fmt: skip
        return made.token

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


def _until(said: codec.Said, arrived: Arrived) -> dt.datetime:
    """How long it may be answered privately; their clock may be ahead of ours."""
    return client.until(min(said.at, arrived.received_at))


def _ours(said: codec.Said) -> bool:
    """Whether it was written below a post of our own."""
    return said.below is not None and said.below.author == str(client.account().get("uid", ""))


def _matter(said: codec.Said) -> tuple[str, tuple[str, ...], tuple[float, float] | None]:
    """What it is about: words, addresses of pictures, place; with those of the post it was written below, unless that is ours."""
    spot = (said.lng, said.lat) if said.lng is not None and said.lat is not None else None
    post = said.below
    if post is None or _ours(said):
        return said.words, said.pictures, spot
    if spot is None and post.lng is not None and post.lat is not None:
        spot = (post.lng, post.lat)
    words = f"{said.words}\n〔原微博〕{post.words}".strip() if post.words else said.words
    return words, (*said.pictures, *post.pictures)[: codec.PICTURES_MOST], spot


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
