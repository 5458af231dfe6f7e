"""Whose reports these are (我的上报): a person is known by a keyed hash of his openid, in the talk and on the portal inside WeChat alike."""

from collections.abc import Sequence
from typing import Final

from xiucheng.audit import vault
from xiucheng.cases.actions import raw
from xiucheng.channels.wechat.account import NAME
from xiucheng.channels.wechat.models import Mine
from xiucheng.city import clock

MOST: Final = 20
_ADD: Final = """
INSERT INTO channel_wechat_mine (account, person_blind, token, at) VALUES (%(account)s, %(blind)s, %(token)s, %(at)s)
ON CONFLICT DO NOTHING
"""


def _blind(person: str) -> bytes:
    return vault.blind(f"{NAME}:{person}")


def add(account: str, person: str, token: str) -> None:
    """This report is his; said again it changes nothing."""
    raw.run(_ADD, {"account": account[:64], "blind": _blind(person), "token": token, "at": clock.now()})


def tokens(account: str, person: str) -> Sequence[str]:
    """The tracking codes of his reports, the newest first."""
    his = Mine.objects.filter(account=account[:64], person_blind=_blind(person))
    return list(his.order_by("-id").values_list("token", flat=True)[:MOST])
