"""The workbook of standards for the system administrator (立案标准): download what is in force, look at a new one, bring it in."""

import io
import tempfile
from pathlib import Path
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xiucheng.city import clock, workbook
from xiucheng.city.models import Category, Standard
from xiucheng.desk.access import DeskRequest, staff
from xiucheng.desk.frame import page
from xiucheng.rules.refusals import Refused

KEEPER: Final = "system_admin"
SHOWN: Final = 200


@require_http_methods(["GET", "HEAD", "POST"])
@staff(KEEPER)
def standards(request: DeskRequest) -> HttpResponseBase:
    """Look at a workbook (试运行) or bring it in, all or nothing; faults are listed with sheet and row."""
    refusal, done = None, None
    if request.method == "POST":
        try:
            done = _load(request, dry_run=request.POST.get("do") != "import")
        except Refused as wrong:
            refusal = wrong
    faults = refusal.facts.get("faults", ()) if refusal else ()
    live = Standard.objects.filter(active=True, category__active=True)
    facts: dict[str, Any] = {
        "refusal": refusal, "faults": faults[:SHOWN], "more": max(0, len(faults) - SHOWN), "done": done,
        "standards": live.count(), "categories": Category.objects.filter(level=2, active=True).count(),
        "columns": [words[0] for words in workbook.COLUMNS.values()],
    }  # fmt: skip
    return page(
        request, "duty/standards.html", facts, active="desk:standards", status=refusal.status if refusal else 200
    )


def _load(request: DeskRequest, *, dry_run: bool) -> workbook.Imported:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused("missing", field="文件")
    if (file.size or 0) > workbook.LARGEST:
        raise Refused("sheet_unreadable", why="文件超过 20 MB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(file.name or "").name[-80:] or "standards.xlsx")
        with path.open("wb") as kept:
            for part in file.chunks():
                kept.write(part)
        return workbook.load(path, account_id=request.viewer.id, dry_run=dry_run)


@require_safe
@staff(KEEPER)
def download(request: DeskRequest) -> HttpResponseBase:
    """What is in force as the same workbook: change it and bring it in again."""
    file = io.BytesIO()
    workbook.save(file)
    file.seek(0)
    name = f"{_('立案标准')}-{clock.now().astimezone(clock.ZONE):%Y%m%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=_TYPE)


_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
