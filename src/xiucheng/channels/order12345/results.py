"""What became of the orders of 12345 (办理结果): by number, result and time, as facts and as a sheet."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from django.db import connection

from xiucheng.channels.order12345.reader import NAME
from xiucheng.city import clock
from xiucheng.city.registers import registers
from xiucheng.intake import accounts
from xiucheng.rules.masking import mask
from xiucheng.rules.workflow import ENDED, STATES

COLUMNS: Final = {
    "number": ("工单编号", 24), "case": ("案件编号", 22), "unit": ("办理单位", 18), "state": ("办理情况", 12),
    "result": ("办理结果", 70), "time": ("办结时间", 18), "due": ("办理时限", 18), "late": ("是否超时", 9),
}  # fmt: skip
"""The columns of the sheet; a city's own headings are given by the account (`result_columns`)."""

_READ: Final = """
SELECT r.external_key, m.number, m.unit_id, m.state, m.answer, m.ended_at, coalesce(c.deadline, m.due_at),
  m.ended_at > coalesce(c.deadline, m.due_at),
  coalesce((SELECT h.words FROM case_history h WHERE h.case_id = m.id AND h.act = 'feed_back' ORDER BY h.seq DESC LIMIT 1), '')
FROM cases_report r JOIN cases_case c ON c.id = r.case_id JOIN cases_case m ON m.id = coalesce(c.main_case_id, c.id)
WHERE r.channel = %(channel)s AND c.training = false
"""
_ONE: Final = _READ + " AND r.external_key = %(number)s"
_ENDED: Final = _READ + " AND m.ended_at >= %(begin)s AND m.ended_at < %(end)s ORDER BY m.ended_at, r.id"


@dataclass(frozen=True, slots=True)
class Result:
    """One order: where it stands, what was done, when it ended. Times are the district's."""

    number: str
    case: str
    unit: str
    state: str
    result: str
    ended_at: dt.datetime | None
    due_at: dt.datetime | None
    late: bool

    def facts(self) -> dict[str, Any]:
        """As the web service says it."""
        return {
            "order_no": self.number, "case_no": self.case, "unit": self.unit, "state": self.state, "ended": self.ended_at is not None,
            "result": self.result if self.ended_at else "", "time": _iso(self.ended_at or clock.now()), "deadline": _iso(self.due_at), "late": self.late,
        }  # fmt: skip


def _iso(moment: dt.datetime | None) -> str:
    return moment.astimezone(clock.ZONE).isoformat(timespec="seconds") if moment else ""


def _result(row: tuple[Any, ...]) -> Result:
    number, case, unit, state, answer, ended, due, late, done = row
    known = registers().units.get(int(unit)) if unit is not None else None
    words = done if state == "closed" else answer
    ended = ended if state in ENDED else None
    said = mask(words).strip() or STATES[state].zh
    return Result(number, case, known.name if known else "", STATES[state].zh, said, ended, due, bool(late))


def of(number: str) -> Result | None:
    """The order of that number, if it is here; a merged one stands as its main case does."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, {"channel": NAME, "number": number})
        row = cursor.fetchone()
    return _result(row) if row else None


def ended(begin: dt.datetime, end: dt.datetime) -> Iterator[Result]:
    """The orders that ended from one moment to another, in that order."""
    with connection.cursor() as cursor:
        cursor.execute(_ENDED, {"channel": NAME, "begin": begin, "end": end})
        yield from (_result(row) for row in cursor.fetchall())


def write(file: BinaryIO, begin: dt.datetime, end: dt.datetime) -> int:
    """The ended ones as a sheet that 12345 reads back; gives how many. Nothing in it is a formula."""
    import xlsxwriter

    own = (accounts.account(NAME) or {}).get("result_columns", {})
    headings: Mapping[str, Any] = own if isinstance(own, dict) else {}
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, count = book.add_worksheet("办理结果"), 0
    for at, (name, (usual, width)) in enumerate(COLUMNS.items()):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, str(headings.get(name, usual)))
    for count, found in enumerate(ended(begin, end), 1):
        cells = (
            found.number, found.case, found.unit, found.state, found.result[:32_000], _cell(found.ended_at), _cell(found.due_at),
            "是" if found.late else "否",
        )  # fmt: skip
        for at, text in enumerate(cells):
            sheet.write_string(count, at, text)
    book.close()
    return count


def _cell(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}" if moment else ""
