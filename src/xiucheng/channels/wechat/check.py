"""`xiucheng channel check wechat`: what a real account can do, tried step by step."""

from collections.abc import Iterator

from django.conf import settings

from xiucheng.channels.wechat import codec, tokens
from xiucheng.channels.wechat.account import NAME, BadAccountError, here
from xiucheng.channels.wechat.client import PeerError
from xiucheng.intake.actions import states
from xiucheng.intake.port import Proof


def proofs() -> Iterator[Proof]:
    """The file, the token, the rights of a verified service account, and whether WeChat has ever called us."""
    try:
        account = here()
        if account is None:
            raise BadAccountError("没有 [wechat]")
        if account.aes_key:
            codec.Safe(account.aes_key, account.appid)
    except (BadAccountError, codec.MalformedError) as wrong:
        yield Proof(False, f"channels.toml：{wrong}", f"channels.toml: {wrong}")
        return
    mode = (
        ("安全模式", "safe mode")
        if account.aes_key
        else ("明文模式，建议改为安全模式", "clear mode; safe mode is better")
    )
    yield Proof(True, f"账号写全了（{mode[0]}）", f"the account is complete ({mode[1]})")
    try:
        tokens.token(account)
        yield Proof(True, "取得了接口凭证", "the token was given")
        tokens.call(account, "/cgi-bin/ticket/getticket", query={"type": "jsapi"})
        yield Proof(True, "有网页接口的权限（已认证）", "the account is verified")
    except PeerError as trouble:
        yield Proof(False, trouble.zh, f"WeChat says {trouble}")
    for name, zh in (("template", "模板消息"), ("subscribe", "订阅通知")):
        known = bool(getattr(account, name).get("id"))
        yield Proof(
            True, f"{zh}：{'已配置' if known else '没有配置'}", f"{name} messages: {'set up' if known else 'none'}"
        )
    last = states.health(NAME).last_in
    address = f"{settings.PUBLIC_ADDRESS.rstrip('/')}/hook/{NAME}/"
    if last is None:
        yield Proof(
            False, f"微信还没有来过。请把服务器地址填为 {address}", f"WeChat has not called yet; enter {address}"
        )
    else:
        yield Proof(True, f"微信最近来过：{last:%Y-%m-%d %H:%M}", f"WeChat called last at {last:%Y-%m-%d %H:%M}")
