"""A list as a workbook (导出): every line of the queue as it is filtered, written in constant memory.

What begins like a formula is written as text, so that nothing in a resident's words runs in somebody's spreadsheet.
"""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from typing import Any, Final

import xlsxwriter
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from django.views.decorators.http import require_safe

from xiucheng.cases.queries import lists
from xiucheng.cases.queries.filters import Filters
from xiucheng.cases.queries.lists import Line
from xiucheng.city import clock
from xiucheng.desk import words
from xiucheng.desk.access import ALL_POSTS, DeskRequest, staff
from xiucheng.desk.views.queue import listed_by, tab_of

MOST: Final = 20_000
_STYLE: Final = {"valign": "top", "text_wrap": True}


def _local(value: dt.datetime | None) -> dt.datetime | str:
    """Excel knows no zones: the district's own time without one."""
    return value.astimezone(clock.ZONE).replace(tzinfo=None) if value else ""


COLUMNS: Final[tuple[tuple[str, int, Callable[[Line], Any]], ...]] = (
    (n_("案件编号"), 22, lambda c: c.number),
    (n_("状态"), 9, lambda c: words.state(c.state)),
    (n_("类型"), 7, lambda c: words.kind(c.kind)),
    (n_("渠道"), 7, lambda c: words.channel(c.channel)),
    (n_("类别"), 28, lambda c: words.category(c.category_id, whole=True)),
    (n_("内容"), 60, lambda c: c.summary),
    (n_("地点"), 28, lambda c: c.place),
    (n_("镇街"), 12, lambda c: words.area(c.street)),
    (n_("社区"), 14, lambda c: words.area(c.community)),
    (n_("责任单位"), 14, lambda c: words.unit(c.unit_id)),
    (n_("上报时间"), 17, lambda c: _local(c.opened_at)),
    (n_("立案时间"), 17, lambda c: _local(c.filed_at)),
    (n_("派遣时间"), 17, lambda c: _local(c.dispatched_at)),
    (n_("签收时间"), 17, lambda c: _local(c.signed_at)),
    (n_("反馈时间"), 17, lambda c: _local(c.fed_back_at)),
    (n_("终结时间"), 17, lambda c: _local(c.ended_at)),
    (n_("当前截止时间"), 17, lambda c: _local(c.due_at)),
    (n_("处置超时"), 9, lambda c: _("是") if c.overdue else ""),
    (n_("退单"), 6, lambda c: c.returns or ""),
    (n_("返工"), 6, lambda c: c.reworks or ""),
    (n_("满意度"), 10, lambda c: words.rating(c.satisfaction)),
)


@require_safe
@staff(*ALL_POSTS)
def export(request: DeskRequest, key: str) -> HttpResponseBase:
    """The queue as an XLSX file, at most 20,000 lines; residents' names and phones are never in it."""
    tab = tab_of(request, key)
    narrowed, sort = listed_by(request, tab)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer reads and closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_(tab.name)[:31])
    styles = {
        "head": book.add_format({"bold": True, "bg_color": "#E8F1F9", "bottom": 1}),
        "cell": book.add_format(_STYLE),
    }
    styles["time"] = book.add_format({**_STYLE, "num_format": "yyyy-mm-dd hh:mm"})
    for number, (title, width, _value) in enumerate(COLUMNS):
        sheet.set_column(number, number, width)
        sheet.write_string(0, number, _(title), styles["head"])
    sheet.freeze_panes(1, 1)
    count = 0
    for count, line in enumerate(_lines(narrowed, request, sort), 1):
        _write(sheet, count, line, styles)
    sheet.autofilter(0, 0, max(count, 1), len(COLUMNS) - 1)
    book.close()
    file.seek(0)
    name = f"{_(tab.name)}-{clock.now().astimezone(clock.ZONE):%Y%m%d-%H%M}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=_TYPE)


_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _write(sheet: Any, number: int, line: Line, styles: dict[str, Any]) -> None:
    for column, (_title, _width, value) in enumerate(COLUMNS):
        cell = value(line)
        if isinstance(cell, dt.datetime):
            sheet.write_datetime(number, column, cell, styles["time"])
        elif isinstance(cell, int):
            sheet.write_number(number, column, cell, styles["cell"])
        elif cell:
            sheet.write_string(number, column, str(cell), styles["cell"])


def _lines(narrowed: Filters, request: DeskRequest, sort: str) -> Iterator[Line]:
    """All lines of the list, page by page."""
    after, seen = "", 0
    while seen < MOST:
        page = lists.page(narrowed, request.viewer.scope, sort=sort, after=after, size=lists.MOST)
        yield from page.lines
        seen += len(page.lines)
        after = page.after
        if not after:
            return
