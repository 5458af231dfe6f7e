"""The arguments of a list (查询条件): days, pages, status. Mistakes are told, too much is cut down and said so in a header.

A window begins at `start_date` when that is given and spans 90 days at most; with `end_date` alone it is the 90 days before; with
neither the last 90 days. Who asks by `updated_after` gets old requests that changed, without a window on when they were made.
"""

import datetime as dt
import math
from typing import Final

from xiucheng.channels.open311 import codec, faults
from xiucheng.channels.open311.asked import Asked
from xiucheng.channels.open311.listing import Wanted
from xiucheng.city import clock
from xiucheng.intake.numbers import limits

STATUSES: Final = frozenset({"open", "closed"})
Range = tuple[dt.datetime | None, dt.datetime | None]


def wanted(asked: Asked) -> Wanted:
    """Which requests a client wants. Raises a `Fault`."""
    most = int(limits("open311")["most_requests"])
    size = min(_whole(asked, "page_size", most), most)
    if asked.many("service_request_id"):
        return Wanted(numbers=asked.many("service_request_id")[:most], page=_whole(asked, "page", 1), size=size)
    status = frozenset(word.lower() for word in asked.many("status"))
    if status - STATUSES:
        raise faults.wrong("status", "只能是 open 或 closed", "it can be open or closed")
    updated = (_moment(asked, "updated_after"), _moment(asked, "updated_before", last=True))
    bare = not (asked.one("start_date") or asked.one("end_date"))
    return Wanted(
        services=asked.many("service_code"),
        status=status,
        requested=(None, None) if any(updated) and bare else span(asked),
        updated=updated,
        near=_near(asked),
        page=_whole(asked, "page", 1),
        size=size,
    )


def span(asked: Asked) -> tuple[dt.datetime, dt.datetime]:
    """From when to when; never more than 90 days. Raises a `Fault`."""
    days = dt.timedelta(days=int(limits("open311")["window_days"]))
    start, end = _moment(asked, "start_date"), _moment(asked, "end_date", last=True)
    if start is None:
        end = end or clock.now()
        return end - days, end
    last = start + days
    if end is not None and end < start:
        raise faults.wrong("start_date, end_date", "结束早于开始", "the end is before the start")
    return start, min(end, last) if end is not None else last


def _near(asked: Asked) -> tuple[float, float, float] | None:
    """Around which point, and how many metres of it; as other servers' extension has it. Too wide is cut down."""
    given = [asked.one(name) for name in ("lat", "long", "radius")]
    if not any(given):
        return None
    known = limits("open311")
    try:
        lat, lng = float(given[0]), float(given[1])
        metres = float(given[2] or known["radius_usual"])
    except ValueError:
        lat, lng, metres = math.nan, math.nan, math.nan
    if not (abs(lat) <= 90 and abs(lng) <= 180 and metres > 0):
        raise faults.wrong(
            "lat, long, radius", "要是 WGS84 经纬度和大于 0 的米数", "they must be WGS84 degrees and metres above 0"
        )
    return lat, lng, min(metres, float(known["radius_most"]))


def _moment(asked: Asked, name: str, *, last: bool = False) -> dt.datetime | None:
    text = asked.one(name)
    if not text:
        return None
    try:
        return codec.moment(text, clock.ZONE, last=last)
    except (ValueError, OverflowError):
        raise faults.wrong(name, "要写成 2026-01-31T08:00:00+08:00", "write it as 2026-01-31T08:00:00+08:00") from None


def _whole(asked: Asked, name: str, default: int) -> int:
    text = asked.one(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) > 0):
        raise faults.wrong(name, "要是从 1 起的整数", "it must be a whole number from 1")
    return int(text)
