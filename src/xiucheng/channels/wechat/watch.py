"""What WeChat needs from time to time (定时): talks that were left are taken in, the token is renewed before anybody waits for it."""

from typing import Final

from xiucheng.channels.wechat import conversation, tokens
from xiucheng.channels.wechat.account import BadAccountError, here
from xiucheng.channels.wechat.client import PeerError
from xiucheng.intake.port import Later

EVERY: Final = 30.0


def look() -> None:
    """Raises Later with what people should know."""
    try:
        account = here()
        if account is None:
            return
        conversation.finish_silent(account.appid)
        tokens.token(account)
    except BadAccountError as wrong:
        raise Later(f"公众号账号不对：{wrong}") from wrong
    except PeerError as trouble:
        raise Later(trouble.zh) from trouble
