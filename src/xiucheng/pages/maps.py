"""The street map as a file (底图): served in pieces with the style beside it; no map server, no network.

An operator's own `map.pmtiles` and `style.json` in the data folder's `map/` win over the district pack's.
"""

import functools
import json
import re
import time
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from xiucheng.city.models import Pack

_RANGE: Final = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
_MOST: Final = 4 * 1024 * 1024


@functools.lru_cache(maxsize=8)
def _folder(minute: int, data: Path) -> Path | None:
    del minute  # a new pack is seen within a minute
    rows = Pack.objects.order_by("-loaded_at").values_list("folder", flat=True)
    for folder in [data / "map", *(Path(row) for row in rows)]:
        if (folder / "map.pmtiles").is_file():
            return folder
    return None


def folder() -> Path:
    """Where this installation's map lies; raises Http404 when it has none."""
    found = _folder(int(time.monotonic() // 60), Path(settings.DATA))
    if found is None:
        raise Http404
    return found


@require_safe
def tiles(request: HttpRequest) -> HttpResponse:
    """A piece of the map file (HTTP Range)."""
    file = folder() / "map.pmtiles"
    facts = file.stat()
    tag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
    headers = {"Accept-Ranges": "bytes", "ETag": tag, "Cache-Control": "public, max-age=3600"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers=headers)
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    first = int(asked[1]) if asked else 0
    last = min(int(asked[2]) if asked and asked[2] else facts.st_size - 1, facts.st_size - 1)
    if asked and (first >= facts.st_size or last < first):
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{facts.st_size}"})
    if asked:
        last = min(last, first + _MOST - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{facts.st_size}"
    with file.open("rb") as content:
        content.seek(first)
        body = content.read(last - first + 1)
    return HttpResponse(body, status=206 if asked else 200, content_type="application/vnd.pmtiles", headers=headers)


def _english() -> bool:
    return (get_language() or "").startswith("en")


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """How the map is drawn, the address of the file filled in, because the browser needs the whole of it.

    Whose map it is (地图来源) stands at each source; its English in `metadata["xiucheng:attribution"]`, where MapLibre's own tools let it be.
    """
    text = (folder() / "style.json").read_text(encoding="utf-8")
    whole = json.loads(text)
    address = request.build_absolute_uri("/map/map.pmtiles")
    credits = whole.get("metadata", {}).get("xiucheng:attribution", {})
    for name, source in whole.get("sources", {}).items():
        if _english() and (said := credits.get(name, {}).get("en")):
            source["attribution"] = said
        if str(source.get("url", "")).startswith("pmtiles://"):
            source["url"] = f"pmtiles://{address}"
    return JsonResponse(whole, headers={"Cache-Control": "private, max-age=600", "Vary": "Cookie, Accept-Language"})
