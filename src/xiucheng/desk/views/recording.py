"""Listening to a recording (听录音): a reason is asked, the listening recorded; the address holds for this person and a short while."""

from typing import Final

from django.core import signing
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from xiucheng.audit.actions import record_look
from xiucheng.channels.hotline import queries
from xiucheng.channels.hotline.actions import recordings
from xiucheng.desk.access import DeskRequest, staff
from xiucheng.desk.frame import piece
from xiucheng.desk.views.calls import POSTS
from xiucheng.rules.refusals import Refused

HOLDS: Final = 900
_signer: Final = signing.TimestampSigner(salt="xiucheng.recording")


@require_POST
@staff(*POSTS)
def listen(request: DeskRequest, call: int) -> HttpResponseBase:
    """Open the recording of a call, with a reason."""
    found = queries.find(call)
    if found is None or not found.recording:
        raise Http404
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise Refused("missing", field="听录音的原因")
    record_look(
        account_id=request.viewer.id, subject_kind="call", subject_key=str(found.pk), field="recording", reason=reason
    )
    seal = _signer.sign(f"{found.pk}.{request.viewer.id}")
    source = f"{reverse('desk:recording', args=[found.pk])}?seal={seal}"
    return piece(request, "calls/sound.html", {"source": source})


@require_safe
@staff(*POSTS)
def sound(request: DeskRequest, call: int) -> HttpResponseBase:
    """The recording itself, for who has just given his reason."""
    try:
        good = _signer.unsign(request.GET.get("seal", ""), max_age=HOLDS) == f"{call}.{request.viewer.id}"
    except signing.BadSignature:
        good = False
    found = queries.find(call) if good else None
    raw = recordings.read(found) if found else b""
    if not raw:
        raise Http404
    return HttpResponse(raw, content_type=recordings.kind(raw), headers={"Content-Disposition": "inline"})
