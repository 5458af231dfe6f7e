"""Work orders of 12345 for the shift leader (12345 工单): its export comes in, results go back as a sheet."""

import datetime as dt
import io
import tempfile
from pathlib import Path
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from xiucheng.audit.actions import record_change
from xiucheng.channels.order12345 import results as done
from xiucheng.channels.order12345 import sheet
from xiucheng.channels.order12345.reader import NAME
from xiucheng.city import clock
from xiucheng.desk.access import DeskRequest, staff
from xiucheng.desk.frame import page
from xiucheng.intake.actions import states
from xiucheng.intake.numbers import limits
from xiucheng.rules.refusals import Refused

KEEPER: Final = "shift_leader"
DAYS: Final = 30


@require_http_methods(["GET", "HEAD", "POST"])
@staff(KEEPER)
def orders(request: DeskRequest) -> HttpResponseBase:
    """Bring a sheet in: each line is kept and worked off like one that the web service sent."""
    refusal, taken = None, None
    if request.method == "POST":
        try:
            taken = _bring(request)
        except Refused as wrong:
            refusal = wrong
    today = clock.today()
    facts: dict[str, Any] = {
        "refusal": refusal, "taken": taken, "health": states.health(NAME), "begin": today - dt.timedelta(days=DAYS - 1),
        "end": today,
    }  # fmt: skip
    return page(request, "orders.html", facts, active="desk:orders", status=refusal.status if refusal else 200)


def _bring(request: DeskRequest) -> sheet.Taken:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused("missing", field="文件")
    if (file.size or 0) > limits(NAME)["sheet_bytes"]:
        raise Refused("unreadable_file", why="文件超过 20 MB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(file.name or "").name[-80:] or "orders.xlsx")
        with path.open("wb") as kept:
            for part in file.chunks():
                kept.write(part)
        taken = sheet.bring(path)
    after = {"file": path.name, "read": taken.read, "kept": taken.kept, "faulty": taken.faulty}
    record_change(account_id=request.viewer.id, table="intake_incoming", key="", act="import", before={}, after=after)
    return taken


@require_safe
@staff(KEEPER)
def results(request: DeskRequest) -> HttpResponseBase:
    """The orders that ended on these days, for 12345 to read back."""
    end = _day(request.GET.get("end"), clock.today())
    begin = _day(request.GET.get("begin"), end - dt.timedelta(days=DAYS - 1))
    file = io.BytesIO()
    done.write(file, _midnight(begin), _midnight(end + dt.timedelta(days=1)))
    file.seek(0)
    name = f"{_('12345 办理结果')}-{begin:%Y%m%d}-{end:%Y%m%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=_TYPE)


def _day(said: str | None, usual: dt.date) -> dt.date:
    try:
        found = dt.date.fromisoformat(said or "")
    except ValueError:
        return usual
    return min(max(found, dt.date(2000, 1, 1)), dt.date(2100, 1, 1))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.ZONE)


_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
