"""The web service that 12345 sends its orders to (接单接口): verify, keep each order, answer at once."""

import time
from typing import Any

import orjson
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from xiucheng.channels.order12345 import reader, seal
from xiucheng.intake import accounts
from xiucheng.intake.numbers import limits
from xiucheng.rules.refusals import Refused

WRONG = {
    "off": (404, "没有启用"),
    "large": (413, "报文太大"),
    "unsigned": (401, "缺少签名"),
    "stale": (401, "时间戳超出允许范围"),
    "forged": (401, "签名不对"),
    "unreadable": (400, "不是有效的 JSON"),
    "busy": (503, "系统正在恢复，请稍后再发"),
    "many": (400, "一次发来的工单太多"),
}


def _wrong(code: str) -> JsonResponse:
    status, said = WRONG[code]
    return JsonResponse({"code": status, "error": code, "message": said}, status=status)


def busy(_request: HttpRequest) -> JsonResponse:
    """Nothing can be kept just now: they send it again."""
    return _wrong("busy")


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> JsonResponse:
    """`{"orders": […]}` or one order. The answer names what cannot be kept; everything else is ours from now on."""
    account, numbers = accounts.account(reader.NAME), limits(reader.NAME)
    if account is None or not account.get("secret"):
        return _wrong("off")
    body = request.read(numbers["most_bytes"] + 1)
    if len(body) > numbers["most_bytes"]:
        return _wrong("large")
    wrong = seal.fault(str(account["secret"]), request.headers, body, time.time(), numbers["window_seconds"])
    if wrong:
        return _wrong(wrong)
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _wrong("unreadable")
    orders = found.get("orders", [found]) if isinstance(found, dict) else None
    if not isinstance(orders, list):
        return _wrong("unreadable")
    return (
        _wrong("many")
        if len(orders) > numbers["most_orders"]
        else JsonResponse(_kept(orders, request.headers[seal.TIME]))
    )


def _kept(orders: list[Any], sending: str) -> dict[str, Any]:
    """Keep them; `sending` is the time that was signed: the very same message has it again."""
    names = reader.known()
    counts, refused = {True: 0, False: 0}, []
    for place, order in enumerate(orders, 1):
        if not isinstance(order, dict):
            refused.append({"at": place, "message": "不是一个工单对象"})
            continue
        try:
            counts[reader.keep(order, names, sending).fresh] += 1
        except Refused as wrong:
            refused.append({"at": place, "message": wrong.zh})
    return {"code": 0, "message": "已接收", "received": counts[True], "again": counts[False], "refused": refused}
