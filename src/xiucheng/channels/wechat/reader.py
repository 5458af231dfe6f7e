"""What a kept push asks for (读消息): a message goes on with its talk, an event does what it stands for."""

from collections.abc import Iterator

from xiucheng.channels.wechat import check, codec, conversation, events, media, message
from xiucheng.channels.wechat.account import NAME
from xiucheng.channels.wechat.conversation import Heard
from xiucheng.channels.wechat.sentences import SENTENCES
from xiucheng.intake.numbers import limits
from xiucheng.intake.port import Arrived, Proof, Worked
from xiucheng.rules.refusals import Refused


class WeChat:
    """The way in `wechat`."""

    name, title = NAME, "微信公众号"

    def work(self, arrived: Arrived) -> Worked:
        """Make of one push what it asks for."""
        fields = codec.read(arrived.raw, limits(NAME)["body_most"])
        heard = Heard(
            arrived.account, message.text(fields, "FromUserName"), conversation.brief(arrived.once),
            message.moment(fields, arrived.received_at),
        )  # fmt: skip
        if message.text(fields, "MsgType") == "event":
            events.work(fields, heard, arrived)
            return Worked()
        try:
            said = message.read(fields, heard.once)
        except media.LostError:
            conversation.tell(heard, SENTENCES["lost"][0], "lost")
            return Worked()
        except Refused as refused:
            conversation.tell(heard, refused.zh, "refused")
            return Worked()
        if said is None:
            conversation.tell(heard, SENTENCES["unreadable"][0], "unreadable")
            return Worked()
        return Worked(conversation.hear(heard, said))

    def check(self) -> Iterator[Proof]:
        """Prove the real account by hand."""
        return check.proofs()
