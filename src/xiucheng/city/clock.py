"""What time it is (当前时间), in the district's real life or in the demo's fast day.

Only a demo (`XIUCHENG_DEMO=1`) looks at the clock row; all its processes read it, at most once in half a second.
"""

import datetime as dt
import time
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

ZONE = ZoneInfo("Asia/Shanghai")
_REREAD_AFTER = 0.5


@dataclass(slots=True)
class _Seen:
    until: float = 0.0
    row: tuple[dt.datetime, dt.datetime, float] | None = None


_seen = _Seen()


def now() -> dt.datetime:
    """The moment that counts, aware, UTC."""
    real = dt.datetime.now(dt.UTC)
    if not settings.DEMO:
        return real
    if time.monotonic() > _seen.until:
        _reread()
    if _seen.row is None:
        return real
    real_at, shown_at, rate = _seen.row
    return shown_at + (real - real_at) * rate


def rate() -> float:
    """How many seconds of this clock pass in a real second; 1 outside the demo."""
    now()
    return _seen.row[2] if settings.DEMO and _seen.row is not None else 1.0


def today() -> dt.date:
    """Today's date in the district."""
    return now().astimezone(ZONE).date()


def _reread() -> None:
    from xiucheng.city.models import DemoClock

    row = DemoClock.objects.values_list("real_at", "shown_at", "rate").order_by("-id").first()
    _seen.row = row
    _seen.until = time.monotonic() + _REREAD_AFTER


def set_demo_clock(*, shown_at: dt.datetime, rate: float) -> None:
    """Let the demo's time run from a moment at a rate (1 = real time)."""
    from xiucheng.city.models import DemoClock

    DemoClock.objects.all().delete()
    DemoClock.objects.create(real_at=dt.datetime.now(dt.UTC), shown_at=shown_at, rate=rate)
    _seen.until = 0.0


def forget() -> None:
    """Look at the clock row again at the next question."""
    _seen.until = 0.0
