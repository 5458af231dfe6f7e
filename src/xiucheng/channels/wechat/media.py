"""Pictures, voices and videos (媒体): fetched in the worker, because the platform keeps them for three days only."""

from typing import Final

from xiucheng.cases import pictures
from xiucheng.channels.wechat import tokens
from xiucheng.channels.wechat.account import Account
from xiucheng.channels.wechat.client import PeerError
from xiucheng.intake.port import Later

AGAIN: Final = 20.0
LONG: Final = 600.0


class LostError(Exception):
    """The platform has it no more."""


def fetch(account: Account, media: str) -> bytes:
    """The bytes of one medium. Raises LostError, and Later where another try may help."""
    try:
        return tokens.fetch(account, "/cgi-bin/media/get", {"media_id": media})
    except PeerError as trouble:
        if trouble.outcome == "refused":
            raise LostError from trouble
        raise Later(trouble.zh, LONG if trouble.outcome == "broken_config" else AGAIN) from trouble


def picture(account: Account, media: str) -> dict[str, object]:
    """A picture, stored. Raises Refused for what is none."""
    return pictures.keep(fetch(account, media)).facts()
