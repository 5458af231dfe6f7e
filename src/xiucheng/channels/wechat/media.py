"""Pictures, voices and videos (媒体): fetched in the worker, because the platform keeps them for three days only.

A voice without recognition and a video are kept sealed; staff listen at an address that stands in the report, and each look is recorded.
"""

import secrets
import string
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from xiucheng.audit import vault
from xiucheng.audit.actions import record_look
from xiucheng.audit.keeping import posts_of
from xiucheng.cases import pictures
from xiucheng.channels.wechat import tokens
from xiucheng.channels.wechat.account import Account
from xiucheng.channels.wechat.client import PeerError
from xiucheng.channels.wechat.models import Clip
from xiucheng.city import clock
from xiucheng.intake.port import Later
from xiucheng.rules.refusals import Refused

AGAIN: Final = 20.0
LONG: Final = 600.0
NAME_LENGTH: Final = 20
TYPES: Final = {"amr": "audio/amr", "speex": "audio/speex", "mp4": "video/mp4"}
LISTENERS: Final = frozenset({"operator", "shift_leader", "dispatcher"})


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


def picture(account: Account, media: str) -> dict[str, Any]:
    """A picture, stored. Raises Refused for what is none."""
    return pictures.keep(fetch(account, media)).facts()


def clip(account: Account, media: str, kind: str, once: str) -> str:
    """Keep a voice or a video; gives the address where staff hear it. The same message is kept once."""
    kept = Clip.objects.filter(once=once).first()
    if kept is None:
        name = "".join(secrets.choice(string.ascii_lowercase) for _ in range(NAME_LENGTH))
        facts = {"name": name, "kind": kind if kind in TYPES else "amr", "at": clock.now()}
        sealed = vault.seal_bytes(fetch(account, media))
        kept, _ = Clip.objects.get_or_create(once=once, defaults={**facts, "sealed": sealed})
    return f"{settings.PUBLIC_ADDRESS.rstrip('/')}{reverse('wechat:clip', args=[kept.name])}"


@require_safe
def listen(request: HttpRequest, name: str) -> HttpResponse:
    """Hand a clip to somebody at the desk, as a file; who listened is written down."""
    account = request.user.pk if request.user.is_authenticated else None
    if account is None:
        return redirect_to_login(request.get_full_path())
    if not posts_of(request) & LISTENERS:
        raise Refused("no_post")
    found = Clip.objects.filter(name=name[:24]).first()
    if found is None:
        raise Http404
    record_look(account_id=account, subject_kind="wechat_clip", subject_key=name, field="clip", reason="收听")
    answer = HttpResponse(vault.unseal_bytes(found.sealed), content_type=TYPES[found.kind])
    answer["Content-Disposition"] = f'attachment; filename="wechat-{found.at:%Y%m%d-%H%M%S}.{found.kind}"'
    answer["Cache-Control"] = "no-store"
    return answer
