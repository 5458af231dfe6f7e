"""The way in of the call desk (热线): events are folded into their call, and a recording is fetched."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from xiucheng.channels.hotline import switch
from xiucheng.channels.hotline.actions import calls, recordings
from xiucheng.channels.hotline.ami import Broken
from xiucheng.channels.hotline.inlet import NAME, understood
from xiucheng.intake import accounts
from xiucheng.intake.port import Arrived, Proof, Worked


class Hotline:
    """The channel `hotline`."""

    name, title = NAME, "热线"

    def work(self, arrived: Arrived) -> Worked:
        """Fold one event into its call; a second time changes nothing."""
        heard = understood(arrived.raw, arrived.received_at)
        call = calls.apply(heard)
        if heard.kind == "recording":
            recordings.fetch(call)
        return Worked()

    def check(self) -> Iterator[Proof]:
        """Whether a gateway can be believed, the switch lets us in, recordings can be had."""
        account = accounts.account(NAME) or {}
        if account.get("secret") or not account.get("ami"):
            good = len(str(account.get("secret", ""))) >= calls.SECRET_LEAST
            yield Proof(
                good, "网关签名密钥 secret 至少 16 位", "the gateway's signing key `secret` has 16 characters or more"
            )
        if account.get("ami"):
            yield _switch(account)
            yield Proof(bool(account.get("seats")), "坐席分机 seats 已列出", "the extensions of the seats are listed")
        where = str(account.get("recordings", ""))
        if where and "://" not in where:
            yield Proof(
                Path(where).is_dir(), f"录音文件夹 {where} 读得到", f"the folder of recordings {where} can be read"
            )


def _switch(account: Mapping[str, Any]) -> Proof:
    try:
        with closing(switch.Line(account).peer):
            return Proof(True, "AMI 登录成功", "AMI let us in")
    except Broken as fault:
        return Proof(False, str(fault), "AMI does not let us in")
    except (OSError, ValueError) as fault:
        return Proof(False, f"AMI 连不上：{type(fault).__name__}", f"AMI cannot be reached: {type(fault).__name__}")
