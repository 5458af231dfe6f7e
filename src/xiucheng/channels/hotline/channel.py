"""The way in of the call desk (热线): events are kept, folded into their call, and a recording is fetched."""

from collections.abc import Iterator

from xiucheng.channels.hotline import codec
from xiucheng.channels.hotline.actions import calls, recordings
from xiucheng.intake import accounts
from xiucheng.intake.port import Arrived, Proof, Worked
from xiucheng.rules.refusals import Refused

NAME = "hotline"


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
        """Whether a gateway can be believed."""
        account = accounts.account(NAME) or {}
        good = len(str(account.get("secret", ""))) >= calls.SECRET_LEAST
        yield Proof(good, "签名密钥（secret）至少 16 位", "the signing key (secret) has at least 16 characters")


def understood(raw: bytes, received_at: calls.Moment) -> codec.Event:
    """The event, or a refusal that people can read."""
    try:
        return codec.parse(raw, received_at)
    except codec.Malformed as wrong:
        raise Refused("bad_choice", field=wrong.field) from None
