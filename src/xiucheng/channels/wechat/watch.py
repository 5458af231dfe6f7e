"""What WeChat needs from time to time (定时): talks that were left are taken in, the token is renewed before anybody waits for it,
voices and videos are kept no longer than raw messages."""

from typing import Final

from xiucheng.channels.wechat import conversation, tokens
from xiucheng.channels.wechat.account import BadAccountError, here
from xiucheng.channels.wechat.client import PeerError
from xiucheng.channels.wechat.models import Clip
from xiucheng.city import clock
from xiucheng.intake.jobs import KEEP_RAW
from xiucheng.intake.port import Later

EVERY: Final = 30.0


def look() -> None:
    """Raises Later with what people should know."""
    try:
        account = here()
        if account is None:
            return
        conversation.finish_silent(account.appid)
        Clip.objects.filter(at__lt=clock.now() - KEEP_RAW).delete()
        tokens.token(account)
    except BadAccountError as wrong:
        raise Later(f"公众号账号不对：{wrong}") from wrong
    except PeerError as trouble:
        raise Later(trouble.zh) from trouble
