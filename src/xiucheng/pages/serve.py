"""Hand out pictures (照片) to whoever holds their sealed address."""

import re
from typing import Final

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from xiucheng.cases import pictures
from xiucheng.pages import signed

_HASH: Final = re.compile(r"[0-9a-f]{64}")


@require_safe
def picture(request: HttpRequest, size: str, sha256: str, seal: str) -> HttpResponse | FileResponse:
    """One picture; the content never changes, so the browser may keep it for a year."""
    if size not in signed.SIZES or not _HASH.fullmatch(sha256) or not signed.sealed(sha256, size, seal):
        raise Http404
    tag = f'"{sha256[:16]}-{size}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    try:
        answer = FileResponse(pictures.path(sha256, size).open("rb"), content_type="image/jpeg")
    except FileNotFoundError as missing:
        raise Http404 from missing
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    answer.headers["ETag"] = tag
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
