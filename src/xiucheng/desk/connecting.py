"""How each channel is connected (怎么接): what the other side must give us, and the address that it must be told."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from xiucheng.rules.refusals import Pair


@dataclass(frozen=True, slots=True)
class Connecting:
    """`path` is where the other side calls us (empty: it does not)."""

    needs: Pair
    path: str = ""

    @property
    def address(self) -> str:
        """The whole address to enter at the other side; empty where there is none."""
        return f"{settings.PUBLIC_ADDRESS.rstrip('/')}{self.path}" if self.path else ""


HOW: Final = {
    "wechat": Connecting(
        Pair(
            "要一个已认证的服务号。在“开发—基本配置”里取 AppID、AppSecret、令牌和消息密钥，把本机地址加进 IP 白名单，选安全模式，再填下面的服务器地址。",
            "A verified service account: AppID, AppSecret, token and AES key; put this server on its IP list, take the safe mode, enter the address below.",
        ),
        "/hook/wechat/",
    ),
    "weibo": Connecting(
        Pair(
            "要一个蓝V账号和开放平台应用：应用密钥、授权令牌、账号编号。能开推送的填下面的地址，不能开的自动轮询。",
            "A verified account and an app: its secret, an access token, the account's number. Enter the address where pushing is possible; else we poll.",
        ),
        "/hook/weibo/",
    ),
    "hotline": Connecting(
        Pair(
            "请呼叫平台厂家把振铃、接听、挂断、录音四种事件签名后发到下面的地址；用 Asterisk 的开一个 AMI 账号即可，不用填地址。",
            "The supplier of the call platform sends ring, answer, hang-up and recording, signed, to the address below; with Asterisk an AMI user is enough.",
        ),
        "/hook/hotline/event",
    ),
    "email": Connecting(
        Pair(
            "要一个专用邮箱：开通 IMAP，取授权码，并确认“名字+任意@”也能收到同一个邮箱；或者开收信端口，由本单位的邮件服务器把信转过来。",
            "A mailbox of its own: IMAP switched on, an app password, and name+anything@ in the same box; or a port to which your mail server hands it over.",
        )
    ),
    "open311": Connecting(
        Pair(
            "在 channels.toml 里写一个 [open311] 即可。提交的程序要一把密钥，由安全管理员在后台“开放接口密钥”里发。",
            "A table [open311] in channels.toml is enough. Programs that send need a key, which the security administrator gives in the administration.",
        ),
        "/open311/discovery.json",
    ),
    "order12345": Connecting(
        Pair(
            "与市 12345 中心约定共同密钥和结果接收地址，请对方把工单发到下面的地址。没有接口时，值班长可以直接在“12345 工单”页上传表格，不用账号。",
            "Agree on a common secret and an address for results with the city's 12345; it sends orders to the address below. Without an interface the sheet is uploaded by hand.",
        ),
        "/hook/order12345/",
    ),
    "sms": Connecting(
        Pair(
            "要短信网关的地址、密钥和已报备的签名。请网关把上行短信发到下面的地址。",
            "The gateway's address and key, and an approved signature. The gateway sends incoming messages to the address below.",
        ),
        "/hook/sms/messages",
    ),
    "hook": Connecting(
        Pair(
            "给每个对接单位起一个名字、配一把密钥；请对方按接口说明把事件签名后发到下面的地址。",
            "A name and a secret for each partner; he sends signed events to the address below.",
        ),
        "/hook/hook/events",
    ),
}
"""By the name of the way in."""
