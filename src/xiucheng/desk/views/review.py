"""Look before it is public (先审后发): words and pictures of residents, one keystroke each."""

import io
import json
from typing import Any, Final

from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from PIL import Image, ImageFilter

from xiucheng.audit import vault
from xiucheng.cases import pictures
from xiucheng.cases.actions.publish import publish_picture, publish_words
from xiucheng.cases.models import Picture
from xiucheng.cases.queries import review as waiting
from xiucheng.desk.access import DeskRequest, staff
from xiucheng.desk.frame import numbers, page, piece, wants_piece
from xiucheng.rules.masking import mask_public
from xiucheng.rules.refusals import Refused

MOST: Final = 24
BOXES: Final = 30


@require_safe
@staff("operator", "shift_leader")
def review(request: DeskRequest) -> HttpResponseBase:
    """What waits: words first, then pictures."""
    texts = [
        {"one": one, "words": mask_public(vault.unseal(one.words_sealed))[:300]} for one in waiting.words(most=MOST)
    ]
    facts: dict[str, Any] = {"texts": texts, "shots": waiting.pictures(most=MOST)}
    return page(request, "review.html", facts, active="desk:review")


@require_POST
@staff("operator", "shift_leader")
def decide(request: DeskRequest, kind: str, key: int) -> HttpResponseBase:
    """Show, show with parts covered, or keep back (公开、遮挡后公开、不公开)."""
    choice = request.POST.get("choice", "")
    if kind not in {"words", "picture"}:
        raise Http404
    if kind == "words":
        publish_words(report_id=key, choice=choice, words=request.POST.get("words", "")[:2000], by=request.viewer.id)
    else:
        boxes = _boxes(request.POST.get("boxes", ""))
        covered = _cover(key, boxes) if boxes and choice == "public" else ""
        publish_picture(picture_id=key, choice=choice, by=request.viewer.id, sha256=covered)
    if wants_piece(request):
        answer = piece(request, "review_done.html", {"choice": choice})
        answer.headers["HX-Trigger"] = json.dumps({"xc:counts": numbers(request)})
        return answer
    return HttpResponseRedirect(reverse("desk:review"))


def _boxes(text: str) -> list[tuple[float, float, float, float]]:
    """`x,y,w,h;…` in shares of the picture (0–1); anything else is refused."""
    found = []
    for part in [p for p in text.split(";") if p][:BOXES]:
        try:
            x, y, w, h = (float(number) for number in part.split(","))
        except ValueError:
            raise Refused("bad_field", field="遮挡", why="要是四个数") from None
        if not (0 <= x < 1 and 0 <= y < 1 and 0 < w <= 1 and 0 < h <= 1):
            raise Refused("bad_field", field="遮挡", why="超出照片")
        found.append((x, y, w, h))
    return found


def _cover(key: int, boxes: list[tuple[float, float, float, float]]) -> str:
    """A copy of the picture in which the boxes cannot be read any more; the original file stays as evidence."""
    row = Picture.objects.filter(id=key).first()
    if row is None:
        raise Refused("case_unknown")
    with Image.open(pictures.path(row.sha256)) as stored:
        image = stored.convert("RGB")
    for x, y, w, h in boxes:
        left, top = int(x * image.width), int(y * image.height)
        right, bottom = (
            min(image.width, left + max(2, int(w * image.width))),
            min(image.height, top + max(2, int(h * image.height))),
        )
        patch = image.crop((left, top, right, bottom))
        coarse = patch.resize((max(1, patch.width // 40), max(1, patch.height // 40)), Image.Resampling.BILINEAR)
        image.paste(
            coarse.resize(patch.size, Image.Resampling.NEAREST).filter(ImageFilter.GaussianBlur(4)), (left, top)
        )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return pictures.keep(out.getvalue()).sha256
