"""Weibo's pushes (推送入口): verified, kept, answered at once. A wrong signature learns nothing; a switched-off channel is not there."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from xiucheng.channels.weibo import client, codec
from xiucheng.intake.actions import incoming


def busy(_request: HttpRequest) -> HttpResponse:
    """Nothing can be kept just now: Weibo repeats the push."""
    return HttpResponse("", content_type="text/plain", status=503)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest) -> HttpResponseBase:
    """GET proves the address; POST brings a message."""
    secret = str(client.account().get("app_secret") or "")
    if not secret:
        return HttpResponse(status=404)
    if not codec.signed(secret, {name: request.GET.get(name, "") for name in ("signature", "timestamp", "nonce")}):
        return HttpResponse(status=403)
    if request.method == "GET":
        return HttpResponse(request.GET.get("echostr", "")[:200], content_type="text/plain")
    raw = request.read(codec.LARGEST + 1)
    try:
        body = codec.opened(raw)
        said = codec.pushed(body)
    except codec.MalformedError:
        return HttpResponse(status=400)
    incoming.keep("weibo", codec.push_key(body, raw), raw, sender=said.sender, words=said.words)
    return HttpResponse("", content_type="text/plain")
