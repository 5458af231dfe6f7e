"""The table of holidays and make-up workdays (节假日与调休): seeded from a library, edited by people, read by the law.

Known years come from the library `chinesecalendar`, which follows the State Council's yearly notices. A closed case keeps
its frozen result whatever the table says later; running clocks change only by `cases.actions.recount`.
"""

import datetime as dt
from typing import Any

import chinese_calendar
from django.db import transaction

from xiucheng.audit.actions import record_change
from xiucheng.city.models import CalendarDay, CalendarYear
from xiucheng.city.registers import touch

SOURCE = "chinesecalendar"
_NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "Mid-autumn Festival": "中秋节", "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}  # fmt: skip


def library_years() -> range:
    """The years whose notices the library holds."""
    known = {day.year for day in chinese_calendar.holidays}
    return range(min(known), max(known) + 1)


def library_days(year: int) -> list[CalendarDay]:
    """The days of a year that differ from their weekday."""
    days = []
    first = dt.date(year, 1, 1)
    for n in range((dt.date(year + 1, 1, 1) - first).days):
        day = first + dt.timedelta(days=n)
        off, name = chinese_calendar.get_holiday_detail(day)
        if off == (day.weekday() < 5):
            title = _NAMES.get(str(name), str(name or "调休"))
            days.append(CalendarDay(date=day, workday=not off, name=title if off else f"{title}调休上班"))
    return days


@transaction.atomic
def seed() -> int:
    """Fill in every year of the library that the table lacks; edited years stay as they are. Gives the years added."""
    known = set(CalendarYear.objects.values_list("year", flat=True))
    missing = [year for year in library_years() if year not in known]
    for year in missing:
        CalendarDay.objects.bulk_create(library_days(year), ignore_conflicts=True)
        CalendarYear.objects.create(year=year, source=SOURCE)
    if missing:
        touch()
    return len(missing)


@transaction.atomic
def set_day(*, day: dt.date, workday: bool, name: str, account_id: int | None) -> None:
    """Somebody says that a date works or not; a date that is like its weekday again leaves the table."""
    before: dict[str, Any] = dict(CalendarDay.objects.filter(date=day).values("workday", "name").first() or {})
    if workday == (day.weekday() < 5):
        CalendarDay.objects.filter(date=day).delete()
    else:
        CalendarDay.objects.update_or_create(date=day, defaults={"workday": workday, "name": name})
    after = {"workday": workday, "name": name}
    record_change(account_id=account_id, table="city_calendarday", key=str(day), act="set", before=before, after=after)
    touch()


def confirm_year(*, year: int, account_id: int | None) -> None:
    """Somebody vouches that a year's holidays are complete; until then its deadlines are provisional."""
    CalendarYear.objects.update_or_create(year=year, defaults={"source": "人工录入"})
    record_change(account_id=account_id, table="city_calendaryear", key=str(year), act="confirm", before={}, after={})
    touch()
